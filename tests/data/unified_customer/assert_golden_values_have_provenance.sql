-- Every value of the golden record is the value of one attribute row, and that row names a person
-- record of the same customer.
with

unified_customers as (
    select * from {{ ref('unified_customers') }}
),

unified_customer_attributes as (
    select
        customer_id,
        attribute,
        value,
        source_name,
        source_record_id
    from {{ ref('unified_customer_attributes') }}
),

unified_source_records as (
    select
        customer_id,
        source_name,
        source_record_id
    from {{ ref('unified_source_records') }}
    where entity = 'customers'
),

golden_values as (
    {%- for attribute in customer_attributes() %}
    select
        customer_id,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value
    from unified_customers
    where {{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    golden_values.customer_id,
    golden_values.attribute
from golden_values
left join unified_customer_attributes
    on
        golden_values.customer_id = unified_customer_attributes.customer_id
        and golden_values.attribute = unified_customer_attributes.attribute
left join unified_source_records
    on
        unified_customer_attributes.customer_id = unified_source_records.customer_id
        and unified_customer_attributes.source_name = unified_source_records.source_name
        and unified_customer_attributes.source_record_id = unified_source_records.source_record_id
where
    unified_customer_attributes.value is null
    or unified_customer_attributes.value <> golden_values.value
    or unified_source_records.customer_id is null
