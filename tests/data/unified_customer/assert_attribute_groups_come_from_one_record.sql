-- The attributes of one group come from one record of one customer, corrections by hand apart.
with

unified_customer_attributes as (
    select
        customer_id,
        attribute,
        source_name || '|' || source_record_id as record_key
    from {{ ref('unified_customer_attributes') }}
    where rule <> 'manual_correction'
),

survivorship_rules as (
    select
        attribute,
        attribute_group
    from {{ ref('survivorship_rules') }}
)

select
    unified_customer_attributes.customer_id,
    survivorship_rules.attribute_group
from unified_customer_attributes
inner join survivorship_rules
    on unified_customer_attributes.attribute = survivorship_rules.attribute
group by
    unified_customer_attributes.customer_id,
    survivorship_rules.attribute_group
having
    min(unified_customer_attributes.record_key) <> max(unified_customer_attributes.record_key)
