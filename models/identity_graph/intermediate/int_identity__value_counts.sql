{# One row per attribute and value with the number of persons so far who have it. A home is an
   address in a place; NULL counts the persons of whom only the place is known. #}
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
    union
    {%- endfor %}
    select
        person_number,
        'home' as attribute,
        address || '|' || coalesce(city, postal_code) as value
    from profiles
    where coalesce(address, postal_code, city) is not null
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
