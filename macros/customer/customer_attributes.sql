{#- The golden attributes, in the order of unified_customers, with their types. The seed
    survivorship_rules must have one row for each (tests/data/unified_customer). -#}
{% macro customer_attributes() -%}
    {{ return({
        'given_name': 'string',
        'family_name': 'string',
        'second_family_name': 'string',
        'full_name': 'string',
        'birth_date': 'date',
        'gender': 'string',
        'email': 'string',
        'phone': 'string',
        'address_line': 'string',
        'postal_code': 'string',
        'city': 'string',
        'region': 'string',
        'country_code': 'string',
        'language': 'string',
        'occupation': 'string',
        'company': 'string',
        'job_title': 'string',
        'industry': 'string',
        'marital_status': 'string',
        'household_size': 'bigint',
        'interests': 'string',
        'loyalty_number': 'string',
        'social_handles': 'string',
    }) }}
{%- endmacro %}
