{# One row per customer who shares a household with another customer. #}
with

household_components as (
    select
        node,
        component
    from {{ ref('int_identity__household_components') }}
),

household_links as (
    select * from {{ ref('int_identity__household_links') }}
),

customers as (
    select
        customer_node,
        customer_id,
        first_batch_id
    from {{ ref('int_identity__customers') }}
),

instance as (
    select customer_id_key
    from {{ source('landing', 'instance') }}
),

rules as (
    select
        node,
        min(rule) as rule
    from (
        select
            node_one as node,
            rule
        from household_links
        union all
        select
            node_other as node,
            rule
        from household_links
    ) as ends
    group by node
),

members as (
    select
        household_components.component,
        customers.customer_id,
        rules.rule,
        count(*) over (partition by household_components.component) as customer_count,
        row_number() over (
            partition by household_components.component
            order by
                customers.first_batch_id,
                customers.customer_id
        ) as seniority
    from household_components
    inner join customers
        on household_components.node = customers.customer_node
    inner join rules
        on household_components.node = rules.node
),

heads as (
    select
        members.component,
        'h' || left(
            {{ sha256_hex("instance.customer_id_key || '|household|' || members.customer_id") }}, 31
        ) as household_id
    from members
    cross join instance
    where members.seniority = 1
),

final as (
    select
        heads.household_id,
        members.customer_id,
        members.rule,
        members.customer_count
    from members
    inner join heads
        on members.component = heads.component
    -- Homes and mailboxes that overlap can chain into something that is no household any more.
    where members.customer_count between 2 and {{ 2 * var('household_max_customers') }}
)

select * from final
