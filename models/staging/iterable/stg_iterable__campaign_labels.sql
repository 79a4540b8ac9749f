{# One row per landed row of iterable.campaign_label_history: a label that a campaign had from one
   change on. Feeds int_iterable__campaigns. #}
with

labels as (
    select * from {{ source('iterable', 'campaign_label_history') }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.campaign_label_history' as source_table,
        {{ clean_id('labels.campaign_id') }} || '|' || {{ clean_id('labels.label') }}
        || '|' || cast(labels.updated_at as string) as source_record_id,
        {{ clean_id('labels.campaign_id') }} as campaign_id,
        ---------- strings
        {{ clean_id('labels.label') }} as label,
        ---------- timestamps
        labels.updated_at as recorded_at,
        ---------- metadata
        {{ landing_columns('labels') }},
        {{ reject_reason([
            (clean_id('labels.campaign_id') ~ ' is null', 'null key'),
            (clean_id('labels.label') ~ ' is null', 'null key'),
            (is_bad_time('labels.updated_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('labels') }} as payload
    from labels
)

select * from final
