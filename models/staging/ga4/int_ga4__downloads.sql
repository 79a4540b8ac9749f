{# One row per landed event by which a visitor takes a file away. #}
with

events as (
    select * from {{ ref('stg_ga4__events') }}
    where event_type = 'file_download'
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        event_id as download_id,
        anonymous_id,
        user_id,

        ---------- strings
        coalesce(
            {{ json_text('properties', 'file_name') }}, {{ json_text('properties', 'link_url') }}
        ) as asset,
        page_url,

        ---------- timestamps
        occurred_at as downloaded_at,

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
