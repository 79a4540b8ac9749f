{# One row per question for a person to decide: 'merge_at_risk', a customer whose records hang
   together by weak links only, and 'possible_merge', two customers that agree on much but not
   enough and that no decision keeps apart. #}
with

weakest_links as (
    select * from {{ ref('int_identity__weakest_links') }}
),

parts as (
    select
        node,
        component as part
    from {{ ref('int_identity__parts') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

nodes as (
    select
        node_id,
        identifier_key,
        identifier_type,
        identifier_value
    from {{ ref('int_identity__nodes') }}
),

links as (
    select
        node_a,
        node_b,
        rule
    from {{ ref('int_identity__links') }}
),

scores as (
    select * from {{ ref('int_identity__scores') }}
),

kept_apart as (
    select
        node_a,
        node_b
    from {{ ref('int_identity__kept_apart') }}
),

person_profiles as (
    select
        person,
        min(customer_record) as customer_record
    from {{ ref('int_identity__person_profiles') }}
    group by person
),

customers as (
    select
        customer_node,
        customer_id
    from {{ ref('int_identity__customers') }}
),

part_sizes as (
    select
        components.component,
        parts.part,
        count(*) as record_count
    from parts
    inner join components
        on parts.node = components.node
    inner join nodes
        on parts.node = nodes.node_id
    where nodes.identifier_type = 'customer_record'
    group by
        components.component,
        parts.part
),

splits as (
    select
        component,
        count(*) as part_count,
        max(record_count) as largest_part
    from part_sizes
    group by component
),

merges_at_risk as (
    select
        'merge_at_risk' as question,
        customers.customer_id,
        cast(null as string) as other_customer_id,
        nodes_a.identifier_key as identifier_key_a,
        nodes_b.identifier_key as identifier_key_b,
        links.rule,
        weakest_links.strength,
        weakest_links.record_count,
        weakest_links.record_count - splits.largest_part as records_at_stake,
        splits.part_count
    from weakest_links
    inner join splits
        on weakest_links.component = splits.component
    inner join customers
        on weakest_links.component = customers.customer_node
    inner join nodes as nodes_a
        on weakest_links.node_a = nodes_a.node_id
    inner join nodes as nodes_b
        on weakest_links.node_b = nodes_b.node_id
    inner join links
        on
            weakest_links.node_a = links.node_a
            and weakest_links.node_b = links.node_b
    where
        splits.part_count > 1
        and weakest_links.strength < 25000
),

settled as (
    select
        least(one.component, other.component) as component_one,
        greatest(one.component, other.component) as component_other
    from kept_apart
    inner join components as one
        on kept_apart.node_a = one.node
    inner join components as other
        on kept_apart.node_b = other.node
    group by
        least(one.component, other.component),
        greatest(one.component, other.component)
),

speaking_nodes as (
    select
        person_profiles.person,
        nodes.node_id,
        nodes.identifier_key,
        components.component
    from person_profiles
    inner join nodes
        on
            nodes.identifier_type = 'customer_record'
            and person_profiles.customer_record = nodes.identifier_value
    inner join components
        on nodes.node_id = components.node
),

doubtful as (
    select
        least(customers_one.customer_id, customers_other.customer_id) as customer_id,
        greatest(customers_one.customer_id, customers_other.customer_id) as other_customer_id,
        one.identifier_key as identifier_key_a,
        other.identifier_key as identifier_key_b,
        scores.weight,
        row_number() over (
            partition by
                least(customers_one.customer_id, customers_other.customer_id),
                greatest(customers_one.customer_id, customers_other.customer_id)
            order by
                scores.weight desc,
                one.identifier_key asc,
                other.identifier_key asc
        ) as pair_rank
    from scores
    inner join speaking_nodes as one
        on scores.person_one = one.person
    inner join speaking_nodes as other
        on scores.person_other = other.person
    inner join customers as customers_one
        on one.component = customers_one.customer_node
    inner join customers as customers_other
        on other.component = customers_other.customer_node
    left join settled
        on
            least(one.component, other.component) = settled.component_one
            and greatest(one.component, other.component) = settled.component_other
    where
        one.component <> other.component
        and settled.component_one is null
        and scores.weight >= 1000 * {{ var('matching_review_bits') }}
),

final as (
    select
        question || '|' || customer_id as review_key,
        question,
        customer_id,
        other_customer_id,
        identifier_key_a,
        identifier_key_b,
        rule,
        cast(strength as double) / 1000 as link_bits,
        record_count,
        records_at_stake,
        part_count
    from merges_at_risk
    union all
    select
        'possible_merge|' || customer_id || '|' || other_customer_id as review_key,
        'possible_merge' as question,
        customer_id,
        other_customer_id,
        identifier_key_a,
        identifier_key_b,
        'matching' as rule,
        cast(weight as double) / 1000 as link_bits,
        cast(null as bigint) as record_count,
        cast(null as bigint) as records_at_stake,
        cast(null as bigint) as part_count
    from doubtful
    where pair_rank = 1
)

select * from final
