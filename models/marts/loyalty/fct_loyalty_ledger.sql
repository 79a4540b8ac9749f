{#- One row per movement of points of a member, in order, with the balance after it. -#}
with

movements as (
    select * from {{ ref('int_loyalty__movements') }}
),

expiries as (
    select * from {{ ref('int_loyalty__expiries') }}
),

{# Within one instant: what lapses goes first, then what comes in, then what goes out. #}
unioned as (
    select
        movement_key,
        member_key,
        customer_id,
        programme,
        rules_programme,
        loyalty_number,
        movement_type,
        reason,
        order_id,
        line_id,
        source_name,
        source_txn_id,
        points,
        case when points > 0 then 1 else 2 end as instant_order,
        true as is_posted,
        occurred_at,
        expires_at
    from movements

    union all

    select
        movement_key,
        member_key,
        customer_id,
        programme,
        rules_programme,
        loyalty_number,
        'expire' as movement_type,
        'validity ended' as reason,
        cast(null as string) as order_id,
        cast(null as string) as line_id,
        cast(null as string) as source_name,
        cast(null as string) as source_txn_id,
        points,
        case when is_due_expiry then 0 else 3 end as instant_order,
        false as is_posted,
        occurred_at,
        cast(null as timestamp) as expires_at
    from expiries
),

final as (
    select
        cast(movement_key as string) as movement_key,
        cast(member_key as string) as member_key,
        cast(customer_id as string) as customer_id,
        cast(programme as string) as programme,
        cast(rules_programme as string) as rules_programme,
        cast(loyalty_number as string) as loyalty_number,
        cast(movement_type as string) as movement_type,
        cast(reason as string) as reason,
        cast(order_id as string) as order_id,
        cast(line_id as string) as line_id,
        cast(source_name as string) as source_name,
        cast(source_txn_id as string) as source_txn_id,
        cast(
            row_number() over (
                partition by member_key
                order by occurred_at asc, instant_order asc, movement_key asc
            ) as bigint
        ) as movement_number,
        cast(points as bigint) as points,
        cast(
            sum(points) over (
                partition by member_key
                order by occurred_at asc, instant_order asc, movement_key asc
                rows between unbounded preceding and current row
            ) as bigint
        ) as balance_after,
        is_posted,
        cast(occurred_at as timestamp) as occurred_at,
        cast(expires_at as timestamp) as expires_at
    from unioned
)

select * from final
