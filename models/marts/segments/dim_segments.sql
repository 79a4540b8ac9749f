{#- One row per segment, with its definition in words and its size at as_of. -#}
with

segments as (
    select
        segment_code,
        segment_name,
        description
    from {{ ref('segments') }}
),

segment_customers as (
    select
        segment_code,
        count(*) as customer_count
    from {{ ref('bridge_segment_customers') }}
    group by segment_code
),

unified_customers as (
    select count(*) as customer_count
    from {{ ref('unified_customers') }}
    where population = 'customer'
),

final as (
    select
        cast(segments.segment_code as string) as segment_code,
        cast(segments.segment_name as string) as segment_name,
        cast(segments.description as string) as description,
        cast(coalesce(segment_customers.customer_count, 0) as bigint) as customer_count,
        round(
            cast(coalesce(segment_customers.customer_count, 0) as double)
            / nullif(cast(unified_customers.customer_count as double), 0),
            6
        ) as customer_share
    from segments
    cross join unified_customers
    left join segment_customers
        on segments.segment_code = segment_customers.segment_code
)

select * from final
