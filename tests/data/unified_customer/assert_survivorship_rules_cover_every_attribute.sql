-- Every golden attribute has a rule, its own or that of *; every rule has an attribute. The
-- attributes of one group share their rule, because they win together; a lowest or highest value is
-- one of a single attribute. A correction is about an attribute that there is, and ends after it
-- begins.
with

survivorship_rules as (
    select
        attribute,
        attribute_group,
        rule,
        min_filled
    from {{ ref('survivorship_rules') }}
),

attribute_corrections as (
    select
        correction_id,
        attribute,
        valid_from,
        valid_to
    from {{ ref('attribute_corrections') }}
),

attributes as (
    {%- for attribute in customer_attributes() %}
    select '{{ attribute }}' as attribute
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    attributes.attribute as broken,
    'attribute without a rule' as reason
from attributes
where
    not exists (
        select 1
        from survivorship_rules
        where survivorship_rules.attribute in (attributes.attribute, '*')
    )

union all

select
    survivorship_rules.attribute as broken,
    'rule without an attribute' as reason
from survivorship_rules
left join attributes
    on survivorship_rules.attribute = attributes.attribute
where
    attributes.attribute is null
    and survivorship_rules.attribute <> '*'

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

union all

select
    attribute_group as broken,
    'a group of several attributes has no lowest or highest value' as reason
from survivorship_rules
where rule in ('minimum', 'maximum')
group by attribute_group
having count(*) > 1

union all

select
    attribute_corrections.correction_id as broken,
    'correction of no attribute, or without a time' as reason
from attribute_corrections
left join attributes
    on attribute_corrections.attribute = attributes.attribute
where
    attributes.attribute is null
    or attribute_corrections.valid_from >= attribute_corrections.valid_to
