{# One row per identifier that several records carry and that links none of them, and per link
   that was cut, with the reason, the evidence and what would restore it. #}
with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

rules as (
    select
        identifier_type,
        limit_partners,
        limit_accounts,
        limit_persons
    from {{ ref('int_identity__rules') }}
),

node_customers as (
    select
        node_id,
        is_used_by_several
    from {{ ref('int_identity__node_customers') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

joined_components as (
    select
        node,
        component
    from {{ ref('int_identity__joined_components') }}
),

breaches as (
    select
        component,
        rule,
        is_decision
    from {{ ref('int_identity__breaches') }}
),

unverified_claims as (
    select * from {{ ref('int_identity__unverified_claims') }}
),

signatures as (
    select
        signature_key,
        entity,
        source_name,
        first_source_record_id,
        record_count,
        first_seen_at,
        last_seen_at,
        batch_id
    from {{ ref('int_identity__signatures') }}
),

cut_identifiers as (
    select
        nodes.identifier_key as cut_key,
        nodes.identifier_key,
        cast(null as string) as other_identifier_key,
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
            when nodes.partner_count > rules.limit_partners
                then
                    'seed identifier_types, limit_partners: '
                    || cast(rules.limit_partners as string)
            when nodes.account_count > rules.limit_accounts
                then
                    'seed identifier_types, limit_accounts: '
                    || cast(rules.limit_accounts as string)
            when nodes.status = 'over_limit'
                then
                    'seed identifier_types, limit_persons: '
                    || cast(rules.limit_persons as string)
            when nodes.status = 'shared' then 'given names or birth dates clearly differ'
            else 'several known customers were seen with it'
        end as rule,
        case
            when nodes.status = 'blocked' then 'removing the pattern from the seed'
            when nodes.status = 'over_limit' then 'raising the limit in the seed'
            when nodes.status = 'shared' then 'records that agree on given name and birth date'
            else 'use by one known customer only'
        end as restored_by,
        cast(null as string) as entity,
        cast(null as string) as source_name,
        cast(null as string) as source_record_id,
        nodes.partner_count,
        nodes.account_count,
        nodes.person_count,
        nodes.record_count,
        nodes.first_seen_at,
        nodes.last_seen_at,
        nodes.batch_id
    from nodes
    inner join rules
        on nodes.identifier_type = rules.identifier_type
    left join node_customers
        on nodes.node_id = node_customers.node_id
    where
        nodes.status <> 'linking'
        or node_customers.is_used_by_several
),

broken_rules as (
    select
        component,
        min(case when is_decision then rule end) as decision,
        min(case when not is_decision then rule end) as broken_limit
    from breaches
    group by component
),

cut_links as (
    select
        nodes_a.identifier_key || '|' || nodes_b.identifier_key as cut_key,
        nodes_a.identifier_key,
        nodes_b.identifier_key as other_identifier_key,
        nodes_a.identifier_type,
        nodes_a.identifier_value,
        case when broken_rules.decision is null then 'customer_over_limit' else 'kept_apart' end
            as reason,
        coalesce(broken_rules.decision, broken_rules.broken_limit) as rule,
        case
            when broken_rules.decision is null then 'raising the limit in the seed identifier_types'
            else 'ending the decision in the seed identity_overrides'
        end as restored_by,
        links.entity,
        links.source_name,
        links.first_source_record_id as source_record_id,
        cast(1 as bigint) as partner_count,
        cast(0 as bigint) as account_count,
        cast(0 as bigint) as person_count,
        links.record_count,
        links.first_seen_at,
        links.last_seen_at,
        links.batch_id
    from links
    inner join joined_components
        on links.node_a = joined_components.node
    inner join broken_rules
        on joined_components.component = broken_rules.component
    inner join components as components_a
        on links.node_a = components_a.node
    inner join components as components_b
        on links.node_b = components_b.node
    inner join nodes as nodes_a
        on links.node_a = nodes_a.node_id
    inner join nodes as nodes_b
        on links.node_b = nodes_b.node_id
    where components_a.component <> components_b.component
),

refused_claims as (
    select
        nodes.identifier_key || '|' || signatures.signature_key as cut_key,
        nodes.identifier_key,
        cast(null as string) as other_identifier_key,
        nodes.identifier_type,
        nodes.identifier_value,
        'unverified_claim' as reason,
        'another record has shown that the value is its own' as rule,
        'verification of the value by this record' as restored_by,
        signatures.entity,
        signatures.source_name,
        signatures.first_source_record_id as source_record_id,
        cast(1 as bigint) as partner_count,
        cast(0 as bigint) as account_count,
        cast(0 as bigint) as person_count,
        signatures.record_count,
        signatures.first_seen_at,
        signatures.last_seen_at,
        signatures.batch_id
    from unverified_claims
    inner join signatures
        on unverified_claims.signature_key = signatures.signature_key
    inner join nodes
        on
            unverified_claims.identifier_type = nodes.identifier_type
            and unverified_claims.identifier_value = nodes.identifier_value
),

final as (
    select * from cut_identifiers
    union all
    select * from cut_links
    union all
    select * from refused_claims
)

select * from final
