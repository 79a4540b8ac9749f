{#- The one clock: the instant at which the run looks at the world, as a UTC timestamp literal.
    Default: the start of the run. Models never call now(). -#}
{% macro as_of() -%}
    {%- set given = var('as_of', none) -%}
    {%- if given -%}
        {%- set text = given | string | replace('T', ' ') | replace('Z', '') | trim -%}
        {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?$', text) -%}
            {{ exceptions.raise_compiler_error(
                "var as_of is '" ~ given ~ "'. Give a UTC time such as 2026-06-30 or 2026-06-30 12:00:00."
            ) }}
        {%- endif -%}
        cast('{{ text }}' as timestamp)
    {%- else -%}
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
    {%- endif -%}
{%- endmacro %}
