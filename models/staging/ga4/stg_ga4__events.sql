{# One row per landed event of the GA4 export.

   The export has no event id: an event is its client, time, name, bundle and session, with what
   tells apart events of one instant (page, time on page, transaction, items). A row that repeats
   all of these is the same event. #}
with

events as (
    select * from {{ source('ga4', 'events') }}
),

read_params as (
    select
        {{ clean_text('events.user_pseudo_id') }} as anonymous_id,
        {{ clean_text('events.user_id') }} as user_id,
        {{ snake_case(clean_text('events.event_name')) }} as event_name,
        upper({{ clean_text('events.platform') }}) as platform,
        events.event_timestamp,
        events.event_bundle_sequence_id,
        {{ clean_text('events.event_date') }} as event_date,
        {{ ga4_param('events.event_params', 'ga_session_id', 'integer') }} as session_number,
        {{ ga4_param('events.event_params', 'engagement_time_msec', 'integer') }}
            as engagement_msec,
        {{ ga4_param('events.event_params', 'value', 'number') }} as param_value,
        {{ clean_text(ga4_param('events.event_params', 'page_location')) }} as page_url,
        {{ clean_text(ga4_param('events.event_params', 'page_referrer')) }} as referrer,
        {{ clean_text(ga4_param('events.event_params', 'page_title')) }} as page_title,
        {{ ga4_set(ga4_param('events.event_params', 'source')) }} as utm_source,
        {{ ga4_set(ga4_param('events.event_params', 'medium')) }} as utm_medium,
        {{ ga4_set(ga4_param('events.event_params', 'campaign')) }} as utm_campaign,
        {{ ga4_set(ga4_param('events.event_params', 'search_term')) }} as search_term,
        {{ ga4_set(ga4_param('events.event_params', 'percent_scrolled')) }} as percent_scrolled,
        {{ clean_text(ga4_param('events.event_params', 'link_url')) }} as link_url,
        {{ clean_text(ga4_param('events.event_params', 'file_name')) }} as file_name,
        {{ ga4_set(ga4_param('events.event_params', 'method')) }} as method,
        {{ ga4_set(ga4_param('events.event_params', 'content_type')) }} as content_type,
        {{ ga4_set('events.privacy_info.analytics_storage') }} as analytics_storage,
        {{ ga4_set('events.privacy_info.ads_storage') }} as ads_storage,
        nullif(
            lower({{ ga4_set('events.device.advertising_id') }}),
            '00000000-0000-0000-0000-000000000000'
        ) as advertising_id,
        case
            when
                events.event_name in (
                    'add_to_cart', 'remove_from_cart', 'view_cart', 'begin_checkout',
                    'add_shipping_info', 'add_payment_info', 'purchase', 'refund'
                )
                then {{ ga4_items('events.items') }}
        end as items,
        upper({{ ga4_set(ga4_param('events.event_params', 'currency')) }}) as currency,
        coalesce(
            {{ ga4_set('events.ecommerce.transaction_id') }},
            {{ ga4_set(ga4_param('events.event_params', 'transaction_id')) }}
        ) as transaction_id,
        events.ecommerce.purchase_revenue,
        events.ecommerce.total_item_quantity,
        {{ list_to_text(list_field('events.items', 'item_id'), ',') }} as item_ids,
        {{ list_length('events.items') }} as item_count,
        {{ ga4_set(list_first('events.items') ~ '.item_id') }} as first_item_id,
        {{ list_first('events.items') }}.quantity as first_item_quantity,
        {{ ga4_set('events.device.category') }} as device_category,
        {{ ga4_set('events.device.operating_system') }} as operating_system,
        {{ ga4_set('events.geo.country') }} as country,
        {{ ga4_set('events.geo.city') }} as city,
        {{ landing_columns('events') }},
        {{ row_as_json('events') }} as payload
    from events
),

identified as (
    select
        *,
        case
            when event_timestamp between -2208988800000000 and 4102444799999999
                then {{ timestamp_from_micros('event_timestamp') }}
        end as occurred_at,
        left(
            {{ sha256_hex(
                "coalesce(anonymous_id, '')"
                ~ " || '|' || coalesce(cast(event_timestamp as string), '')"
                ~ " || '|' || coalesce(event_name, '')"
                ~ " || '|' || coalesce(cast(event_bundle_sequence_id as string), '')"
                ~ " || '|' || coalesce(cast(session_number as string), '')"
                ~ " || '|' || coalesce(page_url, '')"
                ~ " || '|' || coalesce(cast(engagement_msec as string), '')"
                ~ " || '|' || coalesce(transaction_id, '')"
                ~ " || '|' || coalesce(item_ids, '')"
            ) }},
            32
        ) as event_id
    from read_params
),

final as (
    select
        ---------- ids
        'ga4' as source_name,
        'ga4.events' as source_table,
        event_id as source_record_id,
        event_id,
        anonymous_id,
        advertising_id as device_id,
        user_id,
        anonymous_id || '.' || cast(session_number as string) as session_key,
        -- a list (a shelf, a basket, an order) is not about one product
        case when item_count = 1 then first_item_id end as product_id,
        transaction_id as order_id,

        ---------- strings
        {{ map_values('event_name', {
            'view_item': 'product_viewed',
            'begin_checkout': 'checkout_started',
            'purchase': 'order_completed',
            'screen_view': 'page_view',
            'view_search_results': 'search',
        }, otherwise='event_name') }} as event_type,
        case when platform in ('ANDROID', 'IOS') then 'app' else 'web' end as channel,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        currency,
        items,
        {{ json_object([
            ('event_date', 'event_date'),
            ('page_title', 'page_title'),
            ('search_term', 'search_term'),
            ('percent_scrolled', 'percent_scrolled'),
            ('link_url', 'link_url'),
            ('file_name', 'file_name'),
            ('method', 'method'),
            ('content_type', 'content_type'),
            ('analytics_storage', 'analytics_storage'),
            ('ads_storage', 'ads_storage'),
            ('item_ids', ga4_set('item_ids')),
            ('device_category', 'device_category'),
            ('operating_system', 'operating_system'),
            ('country', 'country'),
            ('city', 'city'),
        ]) }} as properties,

        ---------- numbers
        coalesce(
            total_item_quantity, case when item_count = 1 then first_item_quantity end
        ) as quantity,
        cast(round(coalesce(purchase_revenue, param_value), 2) as decimal(18, 2)) as value,
        cast(engagement_msec as double) / 1000 as duration_seconds,

        ---------- timestamps
        occurred_at,

        ---------- metadata
        occurred_at as recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([
            ('event_name is null', 'null key'),
            (is_bad_time('occurred_at'), 'bad time'),
        ]) }} as reject_reason,
        payload
    from identified
)

select * from final
