{#- One row per lapse of points that no source posts, in programmes whose expiry is derived.
    Points are used oldest first, so with B points used and X points granted in lots that are past
    their expiry, the points lapsed so far are the highest X - B seen up to then. No lot needs to
    be followed. -#}
with

movements as (
    select * from {{ ref('int_loyalty__movements') }}
    where expiry_model = 'derived'
),

timeline as (
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_key,
        loyalty_number,
        cast(0 as bigint) as points_used,
        points_granted_so_far as points_past_expiry,
        0 as instant_order,
        expires_at as occurred_at
    from movements
    where
        is_lot
        and expires_at <= {{ as_of() }}

    union all

    {# Points given back after use (a positive reverse) go back to the lots that they came from. #}
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_key,
        loyalty_number,
        -points as points_used,
        cast(0 as bigint) as points_past_expiry,
        case when points > 0 then 1 else 2 end as instant_order,
        occurred_at
    from movements
    where not is_lot
),

totals_so_far as (
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_key,
        loyalty_number,
        instant_order,
        occurred_at,
        sum(points_used) over (
            partition by member_key
            order by occurred_at asc, instant_order asc, movement_key asc
            rows between unbounded preceding and current row
        ) as points_used_so_far,
        max(points_past_expiry) over (
            partition by member_key
            order by occurred_at asc, instant_order asc, movement_key asc
            rows between unbounded preceding and current row
        ) as points_past_expiry_so_far
    from timeline
),

lapsed_so_far as (
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_key,
        loyalty_number,
        instant_order,
        occurred_at,
        max(
            case
                when points_past_expiry_so_far > 0
                    then greatest(
                        0, points_past_expiry_so_far - greatest(points_used_so_far, 0)
                    )
                else 0
            end
        ) over (
            partition by member_key
            order by occurred_at asc, instant_order asc, movement_key asc
            rows between unbounded preceding and current row
        ) as points_lapsed_so_far
    from totals_so_far
),

lapses as (
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_key,
        loyalty_number,
        instant_order,
        occurred_at,
        points_lapsed_so_far - coalesce(
            lag(points_lapsed_so_far) over (
                partition by member_key
                order by occurred_at asc, instant_order asc, movement_key asc
            ),
            0
        ) as points_lapsed
    from lapsed_so_far
),

final as (
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        cast('expiry|' || movement_key as string) as movement_key,
        loyalty_number,
        cast(-points_lapsed as bigint) as points,
        cast(instant_order = 0 as boolean) as is_due_expiry,
        occurred_at
    from lapses
    where points_lapsed > 0
)

select * from final
