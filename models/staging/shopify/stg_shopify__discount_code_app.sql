{# One row per landed row of shopify.discount_code_app: the rule behind codes of that kind. #}
{{ stage_shopify_discount('app') }}
