{# One row per identifier that several records carry and that links none of them, with the reason.
   #}
with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

identifier_types as (
    select
        identifier_type,
        limit_partners,
        limit_accounts,
        limit_persons
    from {{ ref('identifier_types') }}
),

node_customers as (
    select
        node_id,
        is_used_by_several
    from {{ ref('int_identity__node_customers') }}
),

final as (
    select
        nodes.identifier_key,
        nodes.identifier_type,
        nodes.identifier_value,
        case
            when nodes.status = 'blocked' then 'blocked_value'
            when nodes.status = 'over_limit' then 'over_limit'
            when nodes.status = 'shared' then 'persons_differ'
            else 'used_by_several_customers'
        end as reason,
        case
            when nodes.status = 'blocked'
                then 'seed blocked_identifier_values: ' || nodes.blocked_by
            when nodes.partner_count > identifier_types.limit_partners
                then
                    'seed identifier_types, limit_partners: '
                    || cast(identifier_types.limit_partners as string)
            when nodes.account_count > identifier_types.limit_accounts
                then
                    'seed identifier_types, limit_accounts: '
                    || cast(identifier_types.limit_accounts as string)
            when nodes.status = 'over_limit'
                then
                    'seed identifier_types, limit_persons: '
                    || cast(identifier_types.limit_persons as string)
            when nodes.status = 'shared' then 'given names or birth dates clearly differ'
            else 'several known customers were seen with it'
        end as rule,
        case
            when nodes.status = 'blocked' then 'removing the pattern from the seed'
            when nodes.status = 'over_limit' then 'raising the limit in the seed'
            when nodes.status = 'shared' then 'records that agree on given name and birth date'
            else 'use by one known customer only'
        end as restored_by,
        nodes.partner_count,
        nodes.account_count,
        nodes.person_count,
        nodes.record_count,
        nodes.first_seen_at,
        nodes.last_seen_at,
        nodes.batch_id
    from nodes
    inner join identifier_types
        on nodes.identifier_type = identifier_types.identifier_type
    left join node_customers
        on nodes.node_id = node_customers.node_id
    where
        nodes.status <> 'linking'
        or node_customers.is_used_by_several
)

select * from final
