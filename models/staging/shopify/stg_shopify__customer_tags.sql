{# One row per landed row of shopify.customer_tag: a tag of a shop
   account. Feeds int_shopify__customers. #}
with

customer_tags as (
    select * from {{ source('shopify', 'customer_tag') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.customer_tag' as source_table,
        cast(customer_tags.customer_id as string) || '-' || cast(customer_tags.index as string)
            as source_record_id,
        cast(customer_tags.customer_id as string) as customer_record_id,
        ---------- strings
        {{ clean_text('customer_tags.value') }} as tag,
        ---------- timestamps
        customer_tags._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('customer_tags') }},
        {{ reject_reason([
            ('customer_tags.customer_id is null or customer_tags.index is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('customer_tags') }} as payload
    from customer_tags
)

select * from final
