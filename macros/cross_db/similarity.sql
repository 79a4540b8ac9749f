{#- Jaro-Winkler similarity of two strings, 0 to 1: scale 0.1 for a common beginning of at most 4 characters,
    given only where the Jaro similarity is above 0.7. -#}
{% macro jaro_winkler(one, other) -%}
    {{ return(adapter.dispatch('jaro_winkler')(one, other)) }}
{%- endmacro %}

{% macro default__jaro_winkler(one, other) -%}
    {{ raise_unsupported_adapter('jaro_winkler') }}
{%- endmacro %}

{% macro duckdb__jaro_winkler(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
{%- endmacro %}

{#- Whether one edit at most turns one string into the other, a swap of neighbours being one edit
    (Damerau-Levenshtein distance of 1). -#}
{% macro is_one_edit(one, other) -%}
    {{ return(adapter.dispatch('is_one_edit')(one, other)) }}
{%- endmacro %}

{% macro default__is_one_edit(one, other) -%}
    {{ raise_unsupported_adapter('is_one_edit') }}
{%- endmacro %}

{% macro duckdb__is_one_edit(one, other) -%}
    (damerau_levenshtein({{ one }}, {{ other }}) <= 1)
{%- endmacro %}
