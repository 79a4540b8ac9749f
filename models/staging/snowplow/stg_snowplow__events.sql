{# One row per landed row of snowplow.events. A row that repeats an event_id is the same event, sent
   twice. A page ping says that the page was still looked at, for as long as the tracker waits
   between two of them. #}
with

events as (
    select * from {{ source('snowplow', 'events') }}
),

read_contexts as (
    select
        events.*,
        {{ row_as_json('events') }} as payload,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_client_session', 'userId'
        ) }}
            as app_user_id,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_client_session', 'sessionId'
        ) }} as app_session_id,
        coalesce(
            {{ snowplow_text(
                'events', 'contexts_com_snowplowanalytics_snowplow_mobile_context', 'appleIdfv'
            ) }},
            {{ snowplow_text(
                'events', 'contexts_com_snowplowanalytics_snowplow_mobile_context', 'androidIdfa'
            ) }}
        ) as mobile_device_id,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_user', 'id'
        ) }}
            as shop_user_id,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_user', 'email'
        ) }}
            as shop_email,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_transaction',
            'transaction_id'
        ) }} as transaction_id,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_transaction', 'revenue'
        ) }} as transaction_revenue,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_transaction', 'currency'
        ) }} as transaction_currency,
        {{ snowplow_text(
            'events',
            'unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action',
            'type'
        ) }} as shop_action,
        {{ snowplow_text(
            'events', 'unstruct_event_com_snowplowanalytics_mobile_screen_view', 'name'
        ) }} as screen_name,
        {{ snowplow_text('events', 'contexts_com_snowplowanalytics_snowplow_web_page', 'id') }}
            as page_view_id,
        {{ snowplow_text(
            'events', 'contexts_com_iab_snowplow_spiders_and_robots', 'spiderOrRobot'
        ) }} as is_robot,
        {{ json_structs(
            snowplow_json('events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_product'),
            ['id', 'name', 'price', 'currency', 'quantity', 'variant']
        ) }} as products
    from events
),

named as (
    select
        read_contexts.*,
        case
            when read_contexts.event = 'struct'
                then
                    {{ snake_case(
                        "coalesce(read_contexts.se_category, '') || ' ' "
                        ~ "|| coalesce(read_contexts.se_action, '')"
                    ) }}
            else
                coalesce(
                    {{ snake_case('read_contexts.shop_action') }},
                    {{ snake_case('read_contexts.event_name') }},
                    {{ snake_case('read_contexts.event') }}
                )
        end as action_name,
        {{ list_length('read_contexts.products') }} as product_count,
        {{ list_first('read_contexts.products') }} as first_product
    from read_contexts
),

final as (
    select
        ---------- ids
        'snowplow' as source_name,
        'snowplow.events' as source_table,
        {{ clean_id('named.event_id') }} as source_record_id,
        {{ clean_id('named.event_id') }} as event_id,
        coalesce({{ clean_text('named.domain_userid') }}, named.app_user_id) as anonymous_id,
        {{ clean_text('named.mobile_device_id') }} as device_id,
        coalesce({{ clean_text('named.user_id') }}, named.shop_user_id) as user_id,
        coalesce({{ clean_text('named.domain_sessionid') }}, named.app_session_id) as session_key,
        -- a list (a shelf, a basket, an order) is not about one product
        case when named.product_count = 1 then named.first_product.id end as product_id,
        case when named.product_count = 1 then named.first_product.variant end as variant_id,
        coalesce(named.transaction_id, {{ clean_text('named.tr_orderid') }}) as order_id,

        ---------- strings
        {{ map_values('named.action_name', {
            'product_view': 'product_viewed',
            'add_to_cart': 'add_to_cart',
            'remove_from_cart': 'remove_from_cart',
            'checkout_step': 'checkout_started',
            'transaction': 'order_completed',
            'site_search': 'search',
            'screen_view': 'page_view',
        }, otherwise='named.action_name') }} as event_type,
        case when lower(named.platform) in ('mob', 'mobile', 'app') then 'app' else 'web' end
            as channel,
        {{ normalize_email('named.shop_email') }} as email,
        {{ clean_text('named.page_url') }} as page_url,
        {{ clean_text('named.page_referrer') }} as referrer,
        {{ clean_text('named.mkt_source') }} as utm_source,
        {{ clean_text('named.mkt_medium') }} as utm_medium,
        {{ clean_text('named.mkt_campaign') }} as utm_campaign,
        '[' || nullif(
            {{ list_to_text(
                list_map('named.products', json_object([
                    ('product_id', clean_text('element.id')),
                    ('variant_id', clean_text('element.variant')),
                    ('name', clean_text('element.name')),
                    ('quantity', clean_text('element.quantity')),
                    ('price', clean_text('element.price')),
                ])), ','
            ) }},
            ''
        ) || ']' as items,
        upper(coalesce(named.transaction_currency, {{ clean_text('named.tr_currency') }}))
            as currency,
        {{ clean_text('named.useragent') }} as user_agent,
        {{ json_object([
            ('page_view_id', 'named.page_view_id'),
            ('page_title', clean_text('named.page_title')),
            ('screen_name', 'named.screen_name'),
            ('label', clean_text('named.se_label')),
            ('property', clean_text('named.se_property')),
            ('click_id', clean_text('named.mkt_clickid')),
            ('network_userid', clean_text('named.network_userid')),
            ('is_robot', 'named.is_robot'),
        ]) }} as properties,

        ---------- numbers
        case when named.product_count = 1 then try_cast(named.first_product.quantity as bigint) end
            as quantity,
        cast(round(
            coalesce(
                try_cast(named.transaction_revenue as decimal(18, 4)),
                named.tr_total,
                named.se_value
            ), 2
        ) as decimal(18, 2)) as value,
        case
            when named.event = 'page_ping'
                then cast({{ var('snowplow_heartbeat_seconds', 10) }} as double)
        end as duration_seconds,

        ---------- timestamps
        coalesce(named.derived_tstamp, named.dvce_created_tstamp, named.collector_tstamp)
            as occurred_at,
        named.collector_tstamp as received_at,

        ---------- metadata
        coalesce(named.load_tstamp, named.collector_tstamp) as recorded_at,
        {{ landing_columns('named') }},
        {{ reject_reason([
            (clean_id('named.event_id') ~ ' is null', 'null key'),
            ('named.action_name is null', 'no event name'),
            (is_bad_time('coalesce(named.derived_tstamp, named.dvce_created_tstamp, '
                ~ 'named.collector_tstamp)'), 'bad time'),
        ]) }} as reject_reason,
        named.payload
    from named
)

select * from final
