{# One row per attribute and value with the number of persons so far who have it. #}
with

profiles as {{ not_materialized() }} (
    select * from {{ ref('int_identity__person_profiles') }}
),

person_values as (
    {%- for attribute in var('matching_attributes') if attribute != 'home' %}
    select
        person_number,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value
    from profiles
    where {{ attribute }} is not null
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        attribute,
        value,
        cast(count(*) as double) as person_count
    from person_values
    group by
        attribute,
        value
)

select * from final
