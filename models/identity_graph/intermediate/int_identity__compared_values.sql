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

{% for attribute in var('matching_attributes') -%}
{{ attribute }}_pairs as (
    {%- if attribute == 'home' %}
    select
        value_pairs.value_one,
        value_pairs.value_other,
        one.address as address_one,
        other.address as address_other,
        one.house_number as house_number_one,
        other.house_number as house_number_other,
        one.postal_code as postal_code_one,
        other.postal_code as postal_code_other,
        one.city as city_one,
        other.city as city_other
    from value_pairs
    inner join homes as one
        on value_pairs.value_one = one.value
    inner join homes as other
        on value_pairs.value_other = other.value
    where value_pairs.attribute = 'home'
    {%- else %}
    select
        value_pairs.value_one,
        value_pairs.value_other,
        {{ 'cast(value_pairs.value_one as date)' if attribute == 'birth_date' else 'value_pairs.value_one' }} as {{ attribute }}_one,
        {{ 'cast(value_pairs.value_other as date)' if attribute == 'birth_date' else 'value_pairs.value_other' }} as {{ attribute }}_other
    from value_pairs
    where value_pairs.attribute = '{{ attribute }}'
    {%- endif %}
),

{% endfor -%}
final as (
    {%- for attribute in var('matching_attributes') %}
    select
        '{{ attribute }}' as attribute,
        pairs.value_one,
        pairs.value_other,
        {{ comparison_level(attribute, 'pairs', 'nickname_pairs.value_one is not null') }} as agreement_level
    from {{ attribute }}_pairs as pairs
    {%- if attribute == 'given_name' %}
    left join nickname_pairs
        on
            pairs.value_one = nickname_pairs.value_one
            and pairs.value_other = nickname_pairs.value_other
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
