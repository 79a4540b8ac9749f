{# One row per landed row of shopify.order_line_refund: a returned line, not yet dated. Feeds
   int_shopify__returns. #}
with

order_line_refunds as (
    select * from {{ source('shopify', 'order_line_refund') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order_line_refund' as source_table,
        cast(order_line_refunds.id as string) as source_record_id,
        cast(order_line_refunds.refund_id as string) as refund_id,
        cast(order_line_refunds.order_line_id as string) as line_id,
        ---------- strings
        {{ clean_text('order_line_refunds.return_reason_note') }} as return_reason,
        lower({{ clean_text('order_line_refunds.restock_type') }}) as restock_type,
        ---------- numbers
        abs(order_line_refunds.quantity) as quantity,
        cast(abs(order_line_refunds.subtotal) as decimal(18, 4)) as subtotal,
        cast(abs(coalesce(order_line_refunds.total_tax, 0)) as decimal(18, 4)) as tax,
        ---------- timestamps
        order_line_refunds._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('order_line_refunds') }},
        {{ reject_reason([
            (
                'order_line_refunds.id is null or order_line_refunds.refund_id is null '
                ~ 'or order_line_refunds.order_line_id is null',
                'null key'
            ),
            ('order_line_refunds.quantity is null', 'no quantity'),
        ]) }} as reject_reason,
        {{ row_as_json('order_line_refunds') }} as payload
    from order_line_refunds
)

select * from final
