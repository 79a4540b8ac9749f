-- Resolving a fact to its customer neither drops a row that happened by as_of nor doubles one.
with

{%- set facts = {
    'orders': 'ordered_at',
    'returns': 'returned_at',
    'payments': 'paid_at',
    'events': 'occurred_at',
    'messages': 'outcome_at',
    'service_contacts': 'opened_at',
    'surveys': 'answered_at',
    'store_visits': 'visited_at',
    'loyalty_events': 'occurred_at',
    'campaign_targets': 'targeted_at',
} %}

counts as (
    {%- for entity, occurred_at in facts.items() %}
    select
        '{{ entity }}' as entity,
        (
            select count(*)
            from {{ ref('harmonized_' ~ entity) }}
            where {{ occurred_at }} <= {{ as_of() }}
        ) as harmonized_count,
        (select count(*) from {{ ref('unified_' ~ entity) }}) as unified_count
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    entity,
    harmonized_count,
    unified_count
from counts
where harmonized_count <> unified_count
