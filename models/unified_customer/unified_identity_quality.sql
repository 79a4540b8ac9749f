{# One row per measure of how well the graph agrees with labelled pairs. #}
with

identity_quality as (
    select * from {{ ref('identity_quality') }}
),

final as (
    select
        measure_key,
        measure,
        rule,
        measure_value
    from identity_quality
)

select * from final
