{# One row per landed row of shopify.discount_code_free_shipping: the rule behind codes of that
   kind. #}
{{ stage_shopify_discount('free_shipping') }}
