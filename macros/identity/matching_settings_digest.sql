{#- Digest of the variables that say what matching learns. -#}
{% macro matching_settings_digest() -%}
    {{ return(local_md5(values_of_variables([
        'matching_attributes', 'matching_lookalikes', 'matching_lookalike_pairs', 'matching_prior_pairs',
        'matching_chance_pairs', 'matching_blocking_rules',
    ]) | join('\n'))) }}
{%- endmacro %}
