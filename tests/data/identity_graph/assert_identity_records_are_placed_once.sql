-- Every person record of every harmonised entity is in the graph exactly once.
with

{% for entity in person_entities() -%}
{{ entity }}_counted as (
    select
        '{{ entity }}' as entity,
        count(*) as record_count
    from {{ ref('harmonized_' ~ entity) }}
),

{% endfor -%}
expected as (
    {%- for entity in person_entities() %}
    select * from {{ entity }}_counted
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        entity,
        count(*) as record_count
    from (
        select
            entity,
            source_name,
            source_record_id
        from {{ ref('identity_source_records') }}
        group by
            entity,
            source_name,
            source_record_id
        having count(*) = 1
    ) as placed_once
    group by entity
)

select
    expected.entity,
    expected.record_count,
    placed.record_count as placed_count
from expected
left join placed
    on expected.entity = placed.entity
where expected.record_count <> coalesce(placed.record_count, 0)
