-- Every golden attribute has a rule and every rule has an attribute; the attributes of one group
-- share their rule, because they win together.
with

survivorship_rules as (
    select
        attribute,
        attribute_group,
        rule,
        min_filled
    from {{ ref('survivorship_rules') }}
),

attributes as (
    {%- for attribute in customer_attributes() %}
    select '{{ attribute }}' as attribute
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    coalesce(attributes.attribute, survivorship_rules.attribute) as broken,
    'attribute without a rule or rule without an attribute' as reason
from attributes
full outer join survivorship_rules
    on attributes.attribute = survivorship_rules.attribute
where
    attributes.attribute is null
    or survivorship_rules.attribute is null

union all

select
    attribute_group as broken,
    'rules of one group differ' as reason
from survivorship_rules
group by attribute_group
having
    min(rule) <> max(rule)
    or min(min_filled) <> max(min_filled)

union all

select
    attribute_group as broken,
    'more attributes are required than the group has' as reason
from survivorship_rules
group by attribute_group
having
    max(min_filled) > count(*)
    or min(min_filled) < 1
