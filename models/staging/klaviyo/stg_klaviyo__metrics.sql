{# One row per landed row of klaviyo.metric: the kinds of event. Events carry the name of their kind
   themselves, so this table feeds no entity and is only accounted for. #}
with

metrics as (
    select * from {{ source('klaviyo', 'metric') }}
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.metric' as source_table,
        {{ clean_id('metrics.id') }} as source_record_id,
        {{ clean_id('metrics.id') }} as metric_id,
        ---------- strings
        {{ clean_text('metrics.name') }} as metric_name,
        ---------- timestamps
        coalesce(metrics.updated, metrics.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('metrics') }},
        {{ reject_reason([
            (clean_id('metrics.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('metrics') }} as payload
    from metrics
)

select * from final
