{# One row per pair of persons so far that blocking rules bring together. Keys that few share single
   a pair out: one key that both share with few others, or several. #}
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

shared_keys as (
    select
        rule_number,
        blocking_key,
        count(*) - 1 as other_count
    from keys
    group by
        rule_number,
        blocking_key
    having count(*) between 2 and {{ var('matching_max_comparisons') }} + 1
),

-- Rarest keys first, until they bring as many others as a person may be compared with.
ranked as (
    select
        keys.person,
        keys.rule_number,
        keys.blocking_key,
        shared_keys.other_count,
        sum(shared_keys.other_count) over (
            partition by keys.person
            order by shared_keys.other_count
        ) as comparison_count
    from keys
    inner join shared_keys
        on
            keys.rule_number = shared_keys.rule_number
            and keys.blocking_key = shared_keys.blocking_key
),

members as (
    select
        person,
        rule_number,
        blocking_key,
        other_count
    from ranked
    where comparison_count <= {{ var('matching_max_comparisons') }}
),

-- Shares are whole millionths, so that their sum does not hang on the order of rows.
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
    having
        sum(cast(round(1000000 / cast(one.other_count as double)) as bigint))
        >= 1000000 * {{ var('matching_min_share') }}
)

select * from final
