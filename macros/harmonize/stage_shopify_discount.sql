{#- The staging view of one of the tables in which Shopify keeps the rules behind discount codes, one table per
    kind of rule (basic, bxgy, free_shipping, app). -#}
{% macro stage_shopify_discount(kind) -%}
with

discounts as (
    select * from {{ source('shopify', 'discount_code_' ~ kind) }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.discount_code_{{ kind }}' as source_table,
        cast(discounts.id as string) as source_record_id,
        cast(discounts.id as string) as discount_id,
        ---------- strings
        lower({{ clean_text('discounts.status') }}) as status,
        {{ clean_text('discounts.title') }} as title,
        ---------- numbers
        discounts.usage_limit,
        ---------- timestamps
        discounts.starts_at as valid_from,
        discounts.ends_at as valid_to,
        coalesce(discounts.updated_at, discounts.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('discounts') }},
        {{ reject_reason([('discounts.id is null', 'null key')]) }} as reject_reason,
        {{ row_as_json('discounts') }} as payload
    from discounts
)

select * from final
{%- endmacro %}
