{{ config(materialized='table') }}

{# One row per value that a person record states for an attribute: the records turned on their
   side, so that one ranking serves every attribute. Empty values are no candidates; values that
   cannot be are marked with the reason, and kept apart by what follows. #}
with

int_customer__records as (
    select * from {{ ref('int_customer__records') }}
),

{%- set impossible = {
    'birth_date': [
        ("birth_date > cast(" ~ as_of() ~ " as date)", 'in the future'),
        (
            add_time('cast(birth_date as timestamp)', 120, 'year') ~ ' < ' ~ as_of(),
            'more than 120 years ago',
        ),
    ],
    'household_size': [('household_size not between 1 and 30', 'no number of persons')],
    'postal_code': [
        (
            "country_code = 'ES' and not "
            ~ regex_matches('postal_code', '^(?:0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}$'),
            'not of the country',
        ),
        (
            "country_code in ('FR', 'DE', 'IT') and not "
            ~ regex_matches('postal_code', '^[0-9]{5}$'),
            'not of the country',
        ),
        (
            "country_code = 'US' and not "
            ~ regex_matches('postal_code', '^[0-9]{5}(?:[0-9]{4})?$'),
            'not of the country',
        ),
    ],
} %}
{%- set free_texts = [
    'address_line', 'city', 'occupation', 'company', 'job_title', 'industry', 'marital_status',
    'interests', 'loyalty_number',
] %}

stated_values as (
    {%- for attribute, data_type in customer_attributes().items() %}
    select
        customer_id,
        source_name,
        source_record_id,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        {%- if attribute in impossible %}
        case
            {%- for condition, reason in impossible[attribute] %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
        end as reject_reason,
        {%- elif attribute in free_texts %}
        case
            when {{ is_word_for_nothing(attribute) }} then 'a word for nothing'
        end as reject_reason,
        {%- else %}
        cast(null as string) as reject_reason,
        {%- endif %}
        {%- if data_type == 'bigint' %}
        lpad(cast({{ attribute }} as string), 20, '0') as sort_value,
        {%- else %}
        cast(null as string) as sort_value,
        {%- endif %}
        is_superseded,
        recorded_at
    from int_customer__records
    where {{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared_values as (
    select
        *,
        -- Case and accents alone are no disagreement; of a street, neither is how it is written.
        case attribute
            when 'address_line' then {{ address_key('value') }}
            else lower({{ strip_accents('value') }})
        end as comparable_value
    from stated_values
),

final as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute,
        value,
        comparable_value,
        coalesce(sort_value, comparable_value) as sort_value,
        reject_reason,
        is_superseded,
        recorded_at
    from compared_values
)

select * from final
