{#- Number from text as people and spreadsheets write it: 1.234,50 (decimal_mark ','), 1,234.50, 12,50 €. The other
    mark parts thousands. NULL for text that is no number. -#}
{% macro number_from_text(expression, data_type, decimal_mark='.') -%}
    {%- set thousands_mark = ',' if decimal_mark == '.' else '.' -%}
    {%- set figures = regex_replace('cast(' ~ expression ~ ' as string)', '[\\s\\x{00a0}€$£]+', '') -%}
    case
        when {{ regex_matches(figures, '^[+-]?([0-9]+|[0-9]{1,3}([' ~ thousands_mark ~ '][0-9]{3})+)([' ~ decimal_mark ~ '][0-9]+)?$') }}
            then try_cast(
                replace(replace({{ figures }}, '{{ thousands_mark }}', ''), '{{ decimal_mark }}', '.') as {{ data_type }}
            )
    end
{%- endmacro %}

{#- Timestamp from text. order: dmy for 31/12/2025, mdy for 12/31/2025, iso for 2025-12-31; a time of day may follow.
    Strokes, points and hyphens are alike. NULL for text that is no such time. -#}
{% macro time_from_text(expression, order) -%}
    {%- set text = 'trim(cast(' ~ expression ~ ' as string))' -%}
    {%- set patterns = {
        'dmy': ('^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})', '\\3-\\2-\\1'),
        'mdy': ('^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})', '\\3-\\1-\\2'),
        'iso': ('^([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})', '\\1-\\2-\\3'),
    } -%}
    {%- if order not in patterns -%}
        {{ exceptions.raise_compiler_error('time_from_text: no order is called ' ~ order ~ '. Take dmy, mdy or iso.') }}
    {%- endif -%}
    {%- set pattern, iso = patterns[order] -%}
    case
        when {{ regex_matches(text, pattern) }}
            then try_cast({{ regex_replace(text, pattern, iso) }} as timestamp)
    end
{%- endmacro %}
