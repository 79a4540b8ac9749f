{# One row per training version and parameter, append-only: a build that learns something else than
   the one before adds a version. #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='fail',
    )
}}
{%- set attributes = var('matching_attributes') %}
with

training as (
    select * from {{ ref('int_identity__training') }}
),

key_evidence as (
    select * from {{ ref('int_identity__key_evidence') }}
),

chance_agreements as (
    select * from {{ ref('int_identity__chance_agreements') }}
),

level_names as (
    {%- for attribute, rule in attributes.items() %}
    {%- set outer = loop %}
    {%- for level_name in rule.levels + ['disagreement'] %}
    select
        '{{ attribute }}' as attribute,
        {{ rule.levels | length + 2 - loop.index }} as agreement_level,
        '{{ level_name }}' as level_name
    {{ 'union all' if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- endfor %}
),

blocking_rules as (
    {%- for columns in var('matching_blocking_rules') %}
    select
        {{ loop.index }} as rule_number,
        '{{ columns | join(' and ') }}' as rule_columns
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

parameters as (
    select
        'class' as kind,
        pair_class,
        '' as attribute,
        0 as step,
        '' as step_name,
        power(2, bits) as probability
    from training
    where attribute = ''
    union all
    select
        'level' as kind,
        training.pair_class,
        training.attribute,
        training.agreement_level as step,
        level_names.level_name as step_name,
        power(2, training.bits) as probability
    from training
    inner join level_names
        on
            training.attribute = level_names.attribute
            and training.agreement_level = level_names.agreement_level
    union all
    select
        'key' as kind,
        'same_person' as pair_class,
        blocking_rules.rule_columns as attribute,
        key_evidence.other_count as step,
        '' as step_name,
        key_evidence.evidence / 1000000.0 as probability
    from key_evidence
    inner join blocking_rules
        on key_evidence.rule_number = blocking_rules.rule_number
    union all
    select
        'chance' as kind,
        'strangers' as pair_class,
        attribute,
        0 as step,
        '' as step_name,
        agreement_share as probability
    from chance_agreements
),

-- Whole numbers are written alike on every engine; these are finer than any score could show.
rounded as (
    select
        kind,
        pair_class,
        attribute,
        cast(step as bigint) as step,
        step_name,
        cast(round(cast(probability as double) * 1e12) as bigint) as trillionths
    from parameters
),

described as (
    select
        kind || '|' || pair_class || '|' || attribute || '|' || step || '|' || step_name || '|'
        || trillionths as parameter
    from rounded
),

versions as (
    select
        substr(
            {{ sha256_hex(list_to_text(sorted_distinct_list('parameter'), ';')) }}, 1, 12
        ) as training_version
    from described
),

{% if is_incremental() -%}
last_entries as (
    select
        max(entry) as entry,
        max_by(training_version, entry) as training_version
    from {{ this }}
),

{% else -%}
last_entries as (
    select
        0 as entry,
        '' as training_version
),

{% endif -%}
final as (
    select
        cast(coalesce(last_entries.entry, 0) + 1 as bigint) as entry,
        versions.training_version,
        {{ as_of() }} as learnt_at,
        rounded.kind,
        rounded.pair_class,
        rounded.attribute,
        rounded.step,
        rounded.step_name,
        rounded.trillionths
    from rounded
    cross join versions
    cross join last_entries
    where versions.training_version <> coalesce(last_entries.training_version, '')
)

select * from final
