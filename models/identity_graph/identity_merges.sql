{# One row per customer id that was in use and now stands for another customer. #}
with

registry as (
    select * from {{ ref('int_identity__registry') }}
),

issued as (
    select
        customer_id,
        is_anonymous,
        batch_id
    from registry
    where entry_type = 'issue'
),

ranked_assignments as (
    select
        identifier_key,
        customer_id,
        row_number() over (
            partition by identifier_key
            order by build desc
        ) as assignment_rank
    from registry
    where entry_type = 'assign'
),

current_assignments as (
    select
        identifier_key,
        customer_id
    from ranked_assignments
    where
        assignment_rank = 1
        and customer_id is not null
),

in_use as (
    select customer_id
    from current_assignments
    group by customer_id
),

retired as (
    select
        issued.customer_id,
        issued.is_anonymous,
        issued.batch_id
    from issued
    left join in_use
        on issued.customer_id = in_use.customer_id
    where in_use.customer_id is null
),

former_identifiers as (
    select
        retired.customer_id as old_customer_id,
        current_assignments.customer_id as new_customer_id,
        count(*) as identifier_count
    from retired
    inner join registry
        on
            retired.customer_id = registry.customer_id
            and registry.entry_type = 'assign'
    inner join current_assignments
        on registry.identifier_key = current_assignments.identifier_key
    group by
        retired.customer_id,
        current_assignments.customer_id
),

successors as (
    select
        old_customer_id,
        new_customer_id,
        row_number() over (
            partition by old_customer_id
            order by
                identifier_count desc,
                new_customer_id asc
        ) as successor_rank
    from former_identifiers
),

endings as (
    select
        old_customer_id,
        rule,
        anchor_entity,
        anchor_source_name,
        anchor_source_record_id,
        batch_id,
        changed_at,
        row_number() over (
            partition by old_customer_id
            order by
                build desc,
                identifier_count desc,
                customer_id asc
        ) as ending_rank
    from registry
    where entry_type = 'change'
),

final as (
    select
        successors.old_customer_id,
        successors.new_customer_id,
        endings.rule,
        endings.anchor_entity as entity,
        endings.anchor_source_name as source_name,
        endings.anchor_source_record_id as source_record_id,
        retired.is_anonymous as was_anonymous,
        retired.batch_id as issued_batch_id,
        endings.batch_id as merged_batch_id,
        endings.changed_at as merged_at
    from successors
    inner join retired
        on successors.old_customer_id = retired.customer_id
    inner join endings
        on
            successors.old_customer_id = endings.old_customer_id
            and endings.ending_rank = 1
    where successors.successor_rank = 1
)

select * from final
