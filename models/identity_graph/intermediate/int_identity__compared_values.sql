{# One row per attribute and pair of values that candidate pairs have, with the level of their
   agreement. Names come back thousands of times, so each pair of them is compared once. #}
with

candidate_pairs as (
    select * from {{ ref('int_identity__candidate_pairs') }}
),

person_values as (
    select * from {{ ref('int_identity__person_values') }}
),

nicknames as (
    select
        nickname,
        given_name
    from {{ ref('nicknames') }}
),

-- Equal values need no comparison, but for homes, of which parts may be missing.
value_pairs as (
    select
        one.attribute,
        least(one.value, other.value) as value_one,
        greatest(one.value, other.value) as value_other
    from candidate_pairs
    inner join person_values as one
        on candidate_pairs.person_one = one.person
    inner join person_values as other
        on
            candidate_pairs.person_other = other.person
            and one.attribute = other.attribute
    where
        one.value <> other.value
        or one.attribute = 'home'
    group by
        one.attribute,
        least(one.value, other.value),
        greatest(one.value, other.value)
),

homes as (
    select
        value,
        min(address) as address,
        min(house_number) as house_number,
        min(postal_code) as postal_code,
        min(city) as city
    from person_values
    where attribute = 'home'
    group by value
),

name_forms as (
    select
        nickname as form,
        given_name
    from nicknames
    union
    select
        given_name as form,
        given_name
    from nicknames
),

first_names as (
    select
        value_one,
        value_other,
        {{ regex_extract('value_one', '^([^ ]+)') }} as first_name_one,
        {{ regex_extract('value_other', '^([^ ]+)') }} as first_name_other
    from value_pairs
    where attribute = 'given_name'
),

nickname_pairs as (
    select
        first_names.value_one,
        first_names.value_other
    from first_names
    inner join name_forms as forms_one
        on first_names.first_name_one = forms_one.form
    inner join name_forms as forms_other
        on
            first_names.first_name_other = forms_other.form
            and forms_one.given_name = forms_other.given_name
    group by
        first_names.value_one,
        first_names.value_other
),

value_pairs_with_homes as (
    select
        value_pairs.attribute,
        value_pairs.value_one,
        value_pairs.value_other,
        nickname_pairs.value_one is not null as is_nickname,
        homes_one.address as address_one,
        homes_other.address as address_other,
        homes_one.house_number as house_number_one,
        homes_other.house_number as house_number_other,
        homes_one.postal_code as postal_code_one,
        homes_other.postal_code as postal_code_other,
        homes_one.city as city_one,
        homes_other.city as city_other
    from value_pairs
    left join homes as homes_one
        on
            value_pairs.attribute = 'home'
            and value_pairs.value_one = homes_one.value
    left join homes as homes_other
        on
            value_pairs.attribute = 'home'
            and value_pairs.value_other = homes_other.value
    left join nickname_pairs
        on
            value_pairs.attribute = 'given_name'
            and value_pairs.value_one = nickname_pairs.value_one
            and value_pairs.value_other = nickname_pairs.value_other
),

final as (
    {%- for attribute in var('matching_attributes') %}
    select
        compared.attribute,
        compared.value_one,
        compared.value_other,
        {{ comparison_level(
            attribute, 'compared', is_nickname='compared.is_nickname', columns='value'
        ) }} as agreement_level
    from value_pairs_with_homes as compared
    where compared.attribute = '{{ attribute }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
