{# One row per landed track call, as an event. #}
with

tracks as (
    select * from {{ source('segment', 'tracks') }}
),

named as (
    select
        tracks.*,
        {{ row_as_json('tracks') }} as payload,
        coalesce(
            {{ snake_case(clean_text('tracks.event')) }},
            {{ snake_case(clean_text('tracks.event_text')) }}
        ) as event_name
    from tracks
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.tracks' as source_table,
        {{ clean_id('named.id') }} as source_record_id,
        {{ clean_id('named.id') }} as event_id,
        {{ clean_text('named.anonymous_id') }} as anonymous_id,
        {{ clean_text('named.context_device_id') }} as device_id,
        {{ clean_text('named.user_id') }} as user_id,
        {{ clean_text('named.product_id') }} as product_id,
        {{ clean_text('named.variant_id') }} as variant_id,
        {{ clean_text('named.order_id') }} as order_id,

        ---------- strings
        {{ map_values('named.event_name', {
            'product_viewed': 'product_viewed',
            'product_added': 'add_to_cart',
            'product_removed': 'remove_from_cart',
            'checkout_started': 'checkout_started',
            'order_completed': 'order_completed',
            'products_searched': 'search',
        }, otherwise='named.event_name') }} as event_type,
        {{ segment_channel('named') }} as channel,
        {{ clean_text('named.context_page_url') }} as page_url,
        {{ clean_text('named.context_page_referrer') }} as referrer,
        {{ clean_text('named.context_campaign_source') }} as utm_source,
        {{ clean_text('named.context_campaign_medium') }} as utm_medium,
        {{ clean_text('named.context_campaign_name') }} as utm_campaign,
        upper({{ clean_text('named.currency') }}) as currency,
        {{ clean_text('named.products') }} as items,
        {{ clean_text('named.context_user_agent') }} as user_agent,
        {{ json_object([
            ('checkout_id', clean_text('named.checkout_id')),
            ('event_text', clean_text('named.event_text')),
        ]) }} as properties,

        ---------- numbers
        named.quantity,
        cast(coalesce(named.value, named.revenue, named.total) as decimal(18, 2)) as value,

        ---------- timestamps
        named.timestamp as occurred_at,
        named.received_at,

        ---------- metadata
        coalesce(named.received_at, named.timestamp) as recorded_at,
        {{ landing_columns('named') }},
        {{ reject_reason([
            (clean_id('named.id') ~ ' is null', 'null key'),
            ('named.event_name is null', 'no event name'),
            (is_bad_time('named.timestamp'), 'bad time'),
        ]) }} as reject_reason,
        named.payload
    from named
)

select * from final
