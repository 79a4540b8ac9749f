{# One row per identifier with its number in the graph and whether it may link records: status is
   linking, blocked (seed), over_limit (too many partners, accounts or persons) or shared (people
   behind it clearly differ). #}
with

identifier_values as (
    select * from {{ ref('int_identity__values') }}
),

blocked_values as (
    select * from {{ ref('int_identity__blocked_values') }}
),

rules as (
    select * from {{ ref('int_identity__rules') }}
),

value_persons as (
    select
        identifier_type,
        identifier_value,
        first_given_name
    from {{ ref('int_identity__value_persons') }}
),

person_pairs as (
    select
        identifier_type,
        identifier_value
    from {{ ref('int_identity__person_pairs') }}
    where is_conflict
),

counted_persons as (
    select
        identifier_type,
        identifier_value,
        count(distinct first_given_name) as person_count
    from value_persons
    group by
        identifier_type,
        identifier_value
),

conflicts as (
    select
        identifier_type,
        identifier_value
    from person_pairs
    group by
        identifier_type,
        identifier_value
),

judged as (
    select
        {{ identifier_key(
            'identifier_values.identifier_type', 'identifier_values.identifier_value'
        ) }}
            as identifier_key,
        identifier_values.identifier_type,
        identifier_values.identifier_value,
        case
            when blocked_values.identifier_value is not null then 'blocked'
            when identifier_values.partner_count > rules.limit_partners then 'over_limit'
            when identifier_values.account_count > rules.limit_accounts then 'over_limit'
            when counted_persons.person_count > rules.limit_persons then 'over_limit'
            when conflicts.identifier_value is not null then 'shared'
            else 'linking'
        end as status,
        blocked_values.pattern as blocked_by,
        rules.priority,
        rules.link_bits,
        identifier_values.partner_count,
        identifier_values.account_count,
        coalesce(counted_persons.person_count, 0) as person_count,
        identifier_values.record_count,
        rules.is_known,
        identifier_values.first_seen_at,
        identifier_values.last_seen_at,
        identifier_values.first_batch_id,
        identifier_values.batch_id
    from identifier_values
    inner join rules
        on identifier_values.identifier_type = rules.identifier_type
    left join blocked_values
        on
            identifier_values.identifier_type = blocked_values.identifier_type
            and identifier_values.identifier_value = blocked_values.identifier_value
    left join counted_persons
        on
            identifier_values.identifier_type = counted_persons.identifier_type
            and identifier_values.identifier_value = counted_persons.identifier_value
    left join conflicts
        on
            identifier_values.identifier_type = conflicts.identifier_type
            and identifier_values.identifier_value = conflicts.identifier_value
),

final as (
    select
        *,
        {{ identifier_number('identifier_key') }} as node_id
    from judged
)

select * from final
