{# One row per pair of persons so far that a blocking rule brings together. #}
with

profiles as (
    select * from {{ ref('int_identity__person_profiles') }}
),

keys as (
    {%- for columns in var('matching_blocking_rules') %}
    select
        {{ loop.index }} as rule_number,
        {{ blocking_key(columns) }} as blocking_key,
        person
    from profiles
    where {{ blocking_key(columns) }} is not null
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

usable_keys as (
    select
        rule_number,
        blocking_key
    from keys
    group by
        rule_number,
        blocking_key
    having count(*) between 2 and {{ var('matching_block_max_size') }}
),

members as (
    select
        keys.rule_number,
        keys.blocking_key,
        keys.person
    from keys
    inner join usable_keys
        on
            keys.rule_number = usable_keys.rule_number
            and keys.blocking_key = usable_keys.blocking_key
),

final as (
    select
        one.person as person_one,
        other.person as person_other
    from members as one
    inner join members as other
        on
            one.rule_number = other.rule_number
            and one.blocking_key = other.blocking_key
    where one.person < other.person
    group by
        one.person,
        other.person
)

select * from final
