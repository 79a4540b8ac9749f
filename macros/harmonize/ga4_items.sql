{#- The items of a GA4 event as the JSON array that events carry; NULL without items. -#}
{% macro ga4_items(items) -%}
    '[' || nullif(
        {{ list_to_text(
            list_map(items, json_object([
                ('product_id', ga4_set('element.item_id')),
                ('variant_id', ga4_set('element.item_variant')),
                ('name', ga4_set('element.item_name')),
                ('quantity', 'cast(element.quantity as string)'),
                ('price', 'cast(cast(element.price as decimal(18, 2)) as string)'),
            ])), ','
        ) }},
        ''
    ) || ']'
{%- endmacro %}
