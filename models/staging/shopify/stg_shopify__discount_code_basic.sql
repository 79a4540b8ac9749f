{# One row per landed row of shopify.discount_code_basic: the rule behind codes of that kind. #}
{{ stage_shopify_discount('basic') }}
