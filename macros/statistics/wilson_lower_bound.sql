{#- Lower bound of Wilson's score interval of a share, successes of trials. z = 1.6449 gives the
    two-sided 90% interval. The upper bound is one less that of the failures. -#}
{% macro wilson_lower_bound(successes, trials, z=1.6449) -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set p = '(cast(' ~ successes ~ ' as double) / ' ~ n ~ ')' -%}
    {%- set z = 'cast(' ~ z ~ ' as double)' -%}
    {%- set zz = '(' ~ z ~ ' * ' ~ z ~ ')' -%}
    (
        ({{ p }} + {{ zz }} / (2 * {{ n }})
            - {{ z }} * sqrt({{ p }} * (1 - {{ p }}) / {{ n }} + {{ zz }} / (4 * {{ n }} * {{ n }})))
        / (1 + {{ zz }} / {{ n }})
    )
{%- endmacro %}
