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
    Strokes, points and hyphens are alike. first_year: the first of the hundred years that two figures stand for (1950:
    49 is 2049, 50 is 1950); without it a year has four. NULL for text that is no such time. -#}
{% macro time_from_text(expression, order, first_year=none) -%}
    {%- set text = 'trim(cast(' ~ expression ~ ' as string))' -%}
    {#- pattern with the year left open, place of the year, the rest in ISO order -#}
    {%- set orders = {
        'dmy': ('^([0-9]{1,2})[./-]([0-9]{1,2})[./-](YEAR)([^0-9].*)?$', '\\3', '-\\2-\\1\\4'),
        'mdy': ('^([0-9]{1,2})[./-]([0-9]{1,2})[./-](YEAR)([^0-9].*)?$', '\\3', '-\\1-\\2\\4'),
        'iso': ('^(YEAR)[./-]([0-9]{1,2})[./-]([0-9]{1,2})([^0-9].*)?$', '\\1', '-\\2-\\3\\4'),
    } -%}
    {%- if order not in orders -%}
        {{ exceptions.raise_compiler_error('time_from_text: no order is called ' ~ order ~ '. Take dmy, mdy or iso.') }}
    {%- endif -%}
    {%- set pattern, year, rest = orders[order] -%}
    {%- set long = pattern | replace('YEAR', '[0-9]{4}') -%}
    {%- set short = pattern | replace('YEAR', '[0-9]{2}') -%}
    case
        when {{ regex_matches(text, long) }}
            then try_cast({{ regex_replace(text, long, year ~ rest) }} as timestamp)
        {%- if first_year is not none %}
        when {{ regex_matches(text, short) }}
            then try_cast(
                cast(
                    {{ first_year }}
                    + (cast({{ regex_replace(text, short, year) }} as int) + {{ 100 - first_year % 100 }}) % 100
                    as string
                ) || {{ regex_replace(text, short, rest) }} as timestamp
            )
        {%- endif %}
    end
{%- endmacro %}
