{#- The variables that numbers follow from: all of dbt_project.yml but those of one build (tests/project). -#}
{% macro rule_variables() -%}
    {%- set names = [
        'reporting_timezone', 'default_country_code',
        'matching_attributes', 'matching_lookalikes', 'matching_lookalike_pairs', 'matching_prior_pairs',
        'matching_chance_pairs', 'matching_blocking_rules', 'matching_max_comparisons', 'matching_min_evidence',
        'matching_sample_pairs', 'matching_max_iterations', 'matching_link_bits', 'matching_mean_bits',
        'matching_review_bits',
        'identity_labels_min_pairs', 'identity_min_precision', 'identity_min_recall', 'household_max_customers',
        'minor_age', 'reporting_currency', 'session_gap_seconds', 'cart_gap_days', 'cart_abandoned_after_hours',
        'segments', 'decision_horizon_days', 'frequency_cap_max_days',
        'replenishment_share', 'replenishment_default_days', 'replenishment_min_intervals',
        'snowplow_heartbeat_seconds', 'ga4_orders_enabled', 'source_entities', 'primary_models',
        'snapshot_min_share', 'snapshots_confirmed',
    ] -%}
    {%- for source in var('source_entities') -%}
        {%- do names.append(source ~ '_enabled') -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- Each of the variables with its value, as text. -#}
{% macro values_of_variables(names) -%}
    {%- set values = [] -%}
    {%- for name in names -%}
        {%- do values.append(name ~ '=' ~ tojson(var(name), sort_keys=true)) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}

{#- Digest of the rules of a build: contents of seeds, values of variables, code of models. Macros are not in it:
    dbt does not hand them to a model. -#}
{% macro rules_digest() -%}
    {%- set rules = values_of_variables(rule_variables()) -%}
    {%- for node in graph.get('nodes', {}).values() | selectattr('resource_type', 'in', ['seed', 'model']) -%}
        {%- do rules.append(node.unique_id ~ '=' ~ node.checksum.checksum) -%}
    {%- endfor -%}
    {{ return(local_md5(rules | sort | join('\n'))) }}
{%- endmacro %}
