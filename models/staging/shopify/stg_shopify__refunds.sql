{# One row per landed row of shopify.refund: the document that dates the returned lines. Feeds
   int_shopify__returns. #}
with

refunds as (
    select * from {{ source('shopify', 'refund') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.refund' as source_table,
        cast(refunds.id as string) as source_record_id,
        cast(refunds.id as string) as refund_id,
        cast(refunds.order_id as string) as order_id,
        ---------- strings
        {{ clean_text('refunds.note') }} as note,
        ---------- timestamps
        coalesce(refunds.processed_at, refunds.created_at) as returned_at,
        coalesce(refunds._fivetran_synced, refunds.processed_at, refunds.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('refunds') }},
        {{ reject_reason([
            ('refunds.id is null or refunds.order_id is null', 'null key'),
            (is_bad_time('coalesce(refunds.processed_at, refunds.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('refunds') }} as payload
    from refunds
)

select * from final
