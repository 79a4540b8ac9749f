{#- One row per publication, metric of the watch list, dimension and cause: the part of the change
    since the publication before that has this cause. A unit whose contribution changed has one
    cause, so that the parts sum to the whole. A full refresh keeps the rows of former
    publications. -#}
{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='append_new_columns',
        pre_hook="
            {% if is_incremental() %}
            delete from {{ this }}
            where publication_number >= (
                select publication_number from {{ ref('int_governance__compared_builds') }}
            )
            {% endif %}
        ",
    )
}}
with

compared_builds as (
    select * from {{ ref('int_governance__compared_builds') }}
),

published_metrics as (
    select
        metric,
        unit
    from {{ ref('published_metrics') }}
),

published_units as (
    select * from {{ ref('int_governance__published_units') }}
),

landed_units as (
    select
        metric,
        landed_key,
        is_new
    from {{ ref('int_governance__landed_units') }}
),

moved_customers as (
    select
        customer_key,
        cause
    from {{ ref('int_governance__moved_customers') }}
),

erasures as (
    select count(*) > 0 as is_any
    from moved_customers
    where cause = 'erasure'
),

purges as (
    select count(*) > 0 as is_any
    from {{ ref('fct_retention_purges') }} as retention_purges
    inner join compared_builds
        on retention_purges.purged_at > compared_builds.previous_built_at
    where retention_purges.purged_count > 0
),

compared_values as (
    select
        published_units.metric,
        published_units.dimension,
        published_units.unit_key,
        compared_builds.previous_number = published_units.publication_number as is_previous,
        published_units.customer_key,
        published_units.metric_value
    from published_units
    inner join compared_builds
        on
            published_units.publication_number in (
                compared_builds.publication_number, compared_builds.previous_number
            )
),

units as (
    select
        metric,
        dimension,
        unit_key,
        max(case when is_previous then customer_key end) as previous_customer_key,
        max(case when not is_previous then customer_key end) as customer_key,
        sum(case when is_previous then metric_value else 0 end) as value_before,
        sum(case when is_previous then 0 else metric_value end) as value_after
    from compared_values
    group by
        metric,
        dimension,
        unit_key
),

wholes as (
    select
        metric,
        dimension,
        sum(value_before) as value_before,
        sum(value_after) as value_after
    from units
    group by
        metric,
        dimension
),

changed_units as (
    select
        units.metric,
        units.dimension,
        units.unit_key,
        units.previous_customer_key,
        units.customer_key,
        units.value_after - units.value_before as value_change,
        published_metrics.unit,
        case
            when published_metrics.unit = 'order' then units.unit_key
            else coalesce(units.customer_key, units.previous_customer_key)
        end as landed_key
    from units
    inner join published_metrics
        on units.metric = published_metrics.metric
    where units.value_after <> units.value_before
),

-- In order of precedence. What landed of an order itself says more than what became of its
-- customer; of a customer something lands all the time.
caused_changes as (
    select
        changed_units.metric,
        changed_units.dimension,
        changed_units.value_change,
        case
            when previous_moves.cause = 'erasure' then 'erasure'
            when changed_units.unit = 'order' and landed_units.is_new then 'new_data'
            when changed_units.unit = 'order' and not landed_units.is_new then 'late_data'
            when 'unmerge' in (previous_moves.cause, moves.cause) then 'unmerge'
            when 'merge' in (previous_moves.cause, moves.cause) then 'merge'
            when landed_units.is_new then 'new_data'
            when not landed_units.is_new then 'late_data'
            when compared_builds.has_new_rules then 'rule_change'
            when compared_builds.as_of <> compared_builds.previous_as_of then 'clock'
            -- Neither data nor rules nor the clock: what an erased person had left with others,
            -- what was kept for its time, or code that the digest of the rules does not see.
            when erasures.is_any then 'erasure'
            when purges.is_any then 'retention'
            else 'rule_change'
        end as cause
    from changed_units
    cross join compared_builds
    cross join erasures
    cross join purges
    left join landed_units
        on
            changed_units.metric = landed_units.metric
            and changed_units.landed_key = landed_units.landed_key
    left join moved_customers as previous_moves
        on changed_units.previous_customer_key = previous_moves.customer_key
    left join moved_customers as moves
        on changed_units.customer_key = moves.customer_key
),

parts as (
    select
        metric,
        dimension,
        cause,
        sum(value_change) as value_change,
        count(*) as unit_count
    from caused_changes
    group by
        metric,
        dimension,
        cause
),

final as (
    select
        cast(
            cast(compared_builds.publication_number as string)
            || '|' || parts.metric || '|' || parts.dimension || '|' || parts.cause as string
        ) as restatement_key,
        cast(parts.metric as string) as metric,
        cast(parts.dimension as string) as dimension,
        cast(parts.cause as string) as cause,
        cast(compared_builds.publication_number as bigint) as publication_number,
        cast(wholes.value_before as decimal(18, 2)) as value_before,
        cast(parts.value_change as decimal(18, 2)) as value_change,
        cast(wholes.value_after as decimal(18, 2)) as value_after,
        cast(parts.unit_count as bigint) as unit_count,
        cast(compared_builds.as_of as timestamp) as as_of,
        cast(compared_builds.previous_as_of as timestamp) as previous_as_of
    from parts
    inner join wholes
        on
            parts.metric = wholes.metric
            and parts.dimension = wholes.dimension
    cross join compared_builds
)

select * from final
