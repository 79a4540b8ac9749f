{#- One row per measure of the identity graph and what it is broken down by. -#}
with

unified_identity_health as (
    select * from {{ ref('unified_identity_health') }}
),

final as (
    select
        cast(measure_key as string) as measure_key,
        cast(measure as string) as measure,
        cast(dimension as string) as dimension,
        cast(measure_value as double) as measure_value,
        cast(previous_value as double) as previous_value
    from unified_identity_health
)

select * from final
