{# One row per landed row of shopify.discount_code_bxgy: the rule behind codes of that kind. #}
{{ stage_shopify_discount('bxgy') }}
