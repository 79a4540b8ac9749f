{# One row per distinct set of identifiers that records of one entity and source carry together.
   Everything after works on these sets: the only pass that reads every fact is this group by. #}
with

{% for entity in person_entities() -%}
{{ entity }}_records as (
    {{ identity_records(entity, ref('harmonized_' ~ entity), ref('harmonized_identifiers')) }}
),

{{ entity }}_batches as (
    select
        '{{ entity }}' as entity,
        source_name,
        signature_key,
        {%- for type in linking_types() %}
        min({{ type }}) as {{ type }},
        {%- endfor %}
        first_batch_id,
        max(batch_id) as batch_id,
        min(source_record_id) as first_source_record_id,
        count(*) as record_count,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from {{ entity }}_records
    group by
        source_name,
        signature_key,
        first_batch_id
),

{% endfor -%}
batches as (
    {%- for entity in person_entities() %}
    select * from {{ entity }}_batches
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

with_first_batch as (
    select
        *,
        min(first_batch_id) over (partition by signature_key) as least_batch_id
    from batches
),

final as (
    select
        signature_key,
        min(entity) as entity,
        min(source_name) as source_name,
        {%- for type in linking_types() %}
        min({{ type }}) as {{ type }},
        {%- endfor %}
        min(
            case when first_batch_id = least_batch_id then first_source_record_id end
        ) as first_source_record_id,
        min(least_batch_id) as first_batch_id,
        max(batch_id) as batch_id,
        cast(sum(record_count) as bigint) as record_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from with_first_batch
    group by signature_key
)

select * from final
