{# One row per landed track call by which somebody takes a file away. #}
with

tracks as (
    select * from {{ source('segment', 'tracks') }}
    where {{ snake_case('event') }} in (
        'file_downloaded', 'asset_downloaded', 'document_downloaded'
    )
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.tracks' as source_table,
        {{ clean_id('tracks.id') }} as source_record_id,
        {{ clean_id('tracks.id') }} as download_id,
        'user-' || {{ clean_text('tracks.user_id') }} as customer_record_id,
        {{ clean_text('tracks.user_id') }} as user_id,
        {{ clean_text('tracks.anonymous_id') }} as anonymous_id,

        ---------- strings
        {{ clean_text('tracks.file_name') }} as asset,
        {{ clean_text('tracks.context_page_url') }} as page_url,

        ---------- timestamps
        tracks.timestamp as downloaded_at,

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
