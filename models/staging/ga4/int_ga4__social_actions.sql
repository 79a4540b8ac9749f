{# One row per landed event by which a visitor shares something. #}
with

events as (
    select * from {{ ref('stg_ga4__events') }}
    where event_type = 'share'
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        event_id as action_id,
        anonymous_id,
        user_id,
        product_id,

        ---------- strings
        lower({{ json_text('properties', 'method') }}) as network,
        'share' as action_type,
        page_url as content_url,

        ---------- timestamps
        occurred_at as acted_at,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from events
)

select * from final
