{# One row per landed track call by which somebody shares a product or a cart. #}
with

tracks as (
    select * from {{ source('segment', 'tracks') }}
    where {{ snake_case('event') }} in ('product_shared', 'cart_shared')
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.tracks' as source_table,
        {{ clean_id('tracks.id') }} as source_record_id,
        {{ clean_id('tracks.id') }} as action_id,
        'user-' || {{ clean_text('tracks.user_id') }} as customer_record_id,
        {{ clean_text('tracks.user_id') }} as user_id,
        {{ clean_text('tracks.anonymous_id') }} as anonymous_id,
        {{ clean_text('tracks.product_id') }} as product_id,

        ---------- strings
        lower({{ clean_text('tracks.share_via') }}) as network,
        'share' as action_type,
        {{ clean_text('tracks.context_page_url') }} as content_url,
        {{ clean_text('tracks.share_message') }} as action_text,

        ---------- timestamps
        tracks.timestamp as acted_at,

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
