{# One row per landed row of klaviyo.event that carries an opinion: a rating of one to five stars is
   a review, a score of zero to ten an answer to the recommendation question. #}
with

events as (
    select * from {{ source('klaviyo', 'event') }}
    where property_rating is not null or property_score is not null
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.event' as source_table,
        {{ clean_id('events.id') }} as source_record_id,
        {{ clean_id('events.id') }} as response_id,
        {{ clean_text('events.person_id') }} as customer_record_id,
        {{ clean_text('events.property_product_id') }} as product_id,
        ---------- strings
        case when events.property_rating is not null then 'review' else 'nps' end as survey_type,
        {{ clean_text('events.property_message_body') }} as comment_text,
        ---------- numbers
        coalesce(events.property_rating, events.property_score) as score,
        cast(case when events.property_rating is not null then 1 else 0 end as double)
            as scale_min,
        cast(case when events.property_rating is not null then 5 else 10 end as double)
            as scale_max,
        ---------- timestamps
        events.datetime as answered_at,
        events.datetime as recorded_at,
        ---------- metadata
        {{ landing_columns('events') }},
        {{ reject_reason([
            (clean_id('events.id') ~ ' is null', 'null key'),
            (is_bad_time('events.datetime'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('events') }} as payload
    from events
)

select * from final
