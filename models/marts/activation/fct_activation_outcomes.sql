{#- One row per destination, audience and outcome: how many customers go out, how many do not, and
    why. -#}
with

customer_match as (
    select
        audience,
        drop_reason
    from {{ ref('int_activation__google_customer_match') }}
),

counts as (
    select
        audience,
        coalesce(drop_reason, 'sent') as outcome,
        count(*) as customer_count
    from customer_match
    group by audience, coalesce(drop_reason, 'sent')
),

final as (
    select
        cast('google_customer_match|' || audience || '|' || outcome as string) as outcome_key,
        cast('google_customer_match' as string) as destination,
        cast(audience as string) as audience,
        cast(outcome as string) as outcome,
        cast(customer_count as bigint) as customer_count
    from counts
)

select * from final
