{# One row per landed track call by which somebody rates a product, with one to five stars. #}
with

tracks as (
    select * from {{ source('segment', 'tracks') }}
    where {{ snake_case('event') }} in ('product_reviewed')
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.tracks' as source_table,
        {{ clean_id('tracks.id') }} as source_record_id,
        coalesce({{ clean_text('tracks.review_id') }}, {{ clean_id('tracks.id') }})
            as response_id,
        'user-' || {{ clean_text('tracks.user_id') }} as customer_record_id,
        {{ clean_text('tracks.user_id') }} as user_id,
        {{ clean_text('tracks.anonymous_id') }} as anonymous_id,
        {{ clean_text('tracks.product_id') }} as product_id,

        ---------- strings
        'review' as survey_type,
        {{ clean_text('tracks.review_body') }} as comment_text,

        ---------- numbers
        tracks.rating as score,
        cast(1 as double) as scale_min,
        cast(5 as double) as scale_max,

        ---------- timestamps
        tracks.timestamp as answered_at,

        ---------- metadata
        coalesce(tracks.received_at, tracks.timestamp) as recorded_at,
        {{ landing_columns('tracks') }},
        {{ reject_reason([
            (clean_id('tracks.id') ~ ' is null', 'null key'),
            (is_bad_time('tracks.timestamp'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('tracks') }} as payload
    from tracks
)

select * from final
