{# One row per landed row of shopify.abandoned_checkout: the start of a checkout, with the content
   of the cart where the connector delivers it. #}
with

abandoned_checkouts as (
    select * from {{ source('shopify', 'abandoned_checkout') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.abandoned_checkout' as source_table,
        cast(abandoned_checkouts.id as string) as source_record_id,
        cast(abandoned_checkouts.id as string) as event_id,
        cast(abandoned_checkouts.customer_id as string) as customer_record_id,
        cast(abandoned_checkouts.customer_id as string) as user_id,
        -- themes pass on the visitor's cookie, which Google writes as GA1.1.<client id>
        coalesce(
            {{ clean_text('abandoned_checkouts.note_attribute_segment_client_id') }},
            nullif(
                {{ regex_extract(
                    clean_text('abandoned_checkouts.note_attribute_google_client_id'),
                    '([0-9]+[.][0-9]+)$'
                ) }},
                ''
            )
        ) as anonymous_id,
        ---------- strings
        'checkout_started' as event_type,
        'web' as channel,
        {{ normalize_email('abandoned_checkouts.email') }} as email,
        {{ clean_text('abandoned_checkouts.abandoned_checkout_url') }} as page_url,
        {{ clean_text('abandoned_checkouts.referring_site') }} as referrer,
        {%- for name in ['utm_source', 'utm_medium', 'utm_campaign'] %}
        {{ clean_text(regex_extract(
            'abandoned_checkouts.landing_site_base_url', '[?&]' ~ name ~ '=([^&#]+)'
        )) }} as {{ name }},
        {%- endfor %}
        upper({{ clean_text('abandoned_checkouts.currency') }}) as currency,
        {{ clean_text('abandoned_checkouts.line_items') }} as items,
        {{ json_object([
            ('cart_token', clean_text('abandoned_checkouts.cart_token')),
            ('completed_at', 'cast(abandoned_checkouts.completed_at as string)'),
            ('gateway', clean_text('abandoned_checkouts.gateway')),
        ]) }} as properties,
        ---------- numbers
        cast(round(abandoned_checkouts.total_price, 2) as decimal(18, 2)) as value,
        ---------- timestamps
        abandoned_checkouts.created_at as occurred_at,
        coalesce(abandoned_checkouts.updated_at, abandoned_checkouts.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('abandoned_checkouts') }},
        {{ reject_reason([
            ('abandoned_checkouts.id is null', 'null key'),
            (is_bad_time('abandoned_checkouts.created_at'), 'bad time'),
            (
                'abandoned_checkouts.updated_at is not null and '
                ~ is_bad_time('abandoned_checkouts.updated_at'),
                'bad time'
            ),
        ]) }} as reject_reason,
        {{ row_as_json('abandoned_checkouts') }} as payload
    from abandoned_checkouts
)

select * from final
