{#- One row per measure of how well the identity graph agrees with labelled pairs, over all pairs
    and per rule; empty without labels. -#}
with

unified_identity_quality as (
    select * from {{ ref('unified_identity_quality') }}
),

final as (
    select
        cast(measure_key as string) as measure_key,
        cast(measure as string) as measure,
        cast(rule as string) as rule,
        cast(measure_value as double) as measure_value
    from unified_identity_quality
)

select * from final
