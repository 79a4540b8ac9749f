{#- A context or self-describing event of Snowplow's events table as JSON text. The loaders name its column by
    the version of its schema, some in full (_1_0_0), some by the first number alone (_1). -#}
{% macro snowplow_json(alias, name) -%}
    coalesce({{ alias }}.{{ name }}_1, {{ alias }}.{{ name }}_1_0_0)
{%- endmacro %}

{#- Text of a key of a context or self-describing event, which loaders write as an object or as a list of one. key: as
    its schema writes it; what is userId there some loaders call user_id. -#}
{% macro snowplow_text(alias, name, key) -%}
    {%- set json = snowplow_json(alias, name) -%}
    {%- set texts = [] -%}
    {%- for written in [key, modules.re.sub('([A-Z])', '_\\1', key) | lower] | unique -%}
        {%- do texts.extend([json_path_text(json, '[0].' ~ written), json_text(json, written)]) -%}
    {%- endfor -%}
    {{ clean_text('coalesce(' ~ texts | join(', ') ~ ')') }}
{%- endmacro %}

{#- granted or withdrawn for one purpose, by what somebody did with the consent banner and the scopes that were
    left on; NULL where nothing was decided. words: regular expression of the scopes that mean the purpose. -#}
{% macro snowplow_consent(act_expression, scopes_expression, words) -%}
    case
        when lower({{ act_expression }}) in ('deny_all', 'withdrawn', 'expired') then 'withdrawn'
        when lower({{ act_expression }}) = 'allow_all' then 'granted'
        when lower({{ act_expression }}) = 'allow_selected'
            then
                case
                    when {{ regex_matches('lower(' ~ scopes_expression ~ ')', words) }} then 'granted'
                    else 'withdrawn'
                end
    end
{%- endmacro %}

{#- Purposes of the contract, each with the regular expression of the consent scopes that mean it. -#}
{% macro snowplow_purposes() -%}
    {{ return({
        'marketing': 'marketing|advertis|targeting',
        'profiling': 'preference|statistic|analytic|personali|functional',
    }) }}
{%- endmacro %}

{#- legal_basis of the contract for Snowplow's basis_for_processing. -#}
{% macro snowplow_legal_basis(expression) -%}
    {{ map_values(expression, {
        'consent': 'consent',
        'contract': 'contract',
        'legitimate_interests': 'legitimate_interest',
        'legitimate_interest': 'legitimate_interest',
    }) }}
{%- endmacro %}
