{#- One row per metric and order or customer of which something has landed since the publication
    before, and whether any of it is new: happened since that publication's as_of. What a record
    says of a person happens when its source changes it. -#}
with

compared_builds as (
    select
        previous_batch_id,
        previous_as_of
    from {{ ref('int_governance__compared_builds') }}
),

published_metrics as (
    select
        metric,
        unit,
        ' ' || evidence || ' ' as evidence
    from {{ ref('published_metrics') }}
),

unified_source_records as (
    select
        customer_id,
        entity,
        batch_id,
        case when entity in ('customers', 'identifiers') then recorded_at else seen_at end
            as happened_at
    from {{ ref('unified_source_records') }}
),

unified_orders as (
    select
        source_name,
        order_id,
        batch_id,
        greatest(ordered_at, coalesce(cancelled_at, ordered_at)) as happened_at
    from {{ ref('unified_orders') }}
),

unified_order_lines as (
    select
        source_name,
        order_id,
        batch_id,
        ordered_at
    from {{ ref('unified_order_lines') }}
),

unified_returns as (
    select
        order_source_name,
        order_id,
        batch_id,
        returned_at
    from {{ ref('unified_returns') }}
    where order_source_name is not null
),

evidence as (
    select
        'customer' as unit,
        customer_id as unit_id,
        entity,
        batch_id,
        happened_at
    from unified_source_records

    union all

    select
        'order' as unit,
        source_name || '|' || order_id as unit_id,
        'orders' as entity,
        batch_id,
        happened_at
    from unified_orders

    union all

    select
        'order' as unit,
        source_name || '|' || order_id as unit_id,
        'order_lines' as entity,
        batch_id,
        ordered_at as happened_at
    from unified_order_lines

    union all

    select
        'order' as unit,
        order_source_name || '|' || order_id as unit_id,
        'returns' as entity,
        batch_id,
        returned_at as happened_at
    from unified_returns
),

final as (
    select
        published_metrics.metric,
        {{ sha256_hex('evidence.unit_id') }} as landed_key,
        max(
            case when evidence.happened_at > compared_builds.previous_as_of then 1 else 0 end
        ) = 1 as is_new
    from evidence
    inner join compared_builds
        on evidence.batch_id > compared_builds.previous_batch_id
    inner join published_metrics
        on
            evidence.unit = published_metrics.unit
            and published_metrics.evidence like '% ' || evidence.entity || ' %'
    group by
        published_metrics.metric,
        evidence.unit_id
)

select * from final
