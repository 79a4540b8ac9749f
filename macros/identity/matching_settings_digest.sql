{#- Digest of the variables that say what matching learns. -#}
{% macro matching_settings_digest() -%}
    {%- set settings = [] -%}
    {%- for name in [
        'matching_attributes', 'matching_lookalikes', 'matching_lookalike_pairs', 'matching_prior_pairs',
        'matching_chance_pairs', 'matching_blocking_rules',
    ] -%}
        {%- do settings.append(tojson(var(name), sort_keys=true)) -%}
    {%- endfor -%}
    {{ return(local_md5(settings | join('\n'))) }}
{%- endmacro %}
