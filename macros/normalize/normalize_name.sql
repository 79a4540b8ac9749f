{#- Name for display: control characters and outer blanks gone, inner blanks collapsed, accents and case kept.
    NULL without a letter and for the words that forms put in for "no name". -#}
{% macro normalize_name(expression) -%}
    {%- set tidy = regex_replace(clean_text(expression), '\\s+', ' ') -%}
    case
        when
            {{ regex_matches(tidy, '\\p{L}') }}
            and lower({{ tidy }}) not in ('n/a', 'na', 'null', 'none', 'nil', 'unknown', 'desconocido', 'sin nombre')
            then {{ tidy }}
    end
{%- endmacro %}

{#- Key under which two spellings of one name are equal: lower case, no accents, letters only (of any script). -#}
{% macro name_key(expression) -%}
    nullif({{ regex_replace('lower(' ~ strip_accents('cast(' ~ expression ~ ' as string)') ~ ')', '[^\\p{L}]+', '') }}, '')
{%- endmacro %}
