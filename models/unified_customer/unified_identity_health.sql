{# One row per measure of the identity graph. #}
with

identity_health as (
    select * from {{ ref('identity_health') }}
),

final as (
    select
        measure_key,
        measure,
        dimension,
        measure_value,
        previous_value
    from identity_health
)

select * from final
