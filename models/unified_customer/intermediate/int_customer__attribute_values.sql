{{ config(materialized='table') }}

{# One row per value that a person record states for an attribute: the records turned on their
   side, so that one ranking serves every attribute. Empty values are no candidates. #}
with

int_customer__records as (
    select * from {{ ref('int_customer__records') }}
),

stated_values as (
    {%- for attribute in customer_attributes() %}
    select
        customer_id,
        source_name,
        source_record_id,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        is_superseded,
        recorded_at
    from int_customer__records
    where {{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute,
        value,
        -- Case and accents alone are no disagreement.
        lower({{ strip_accents('value') }}) as comparable_value,
        is_superseded,
        recorded_at
    from stated_values
)

select * from final
