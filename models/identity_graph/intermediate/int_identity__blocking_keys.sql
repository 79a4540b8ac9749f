{# One row per person so far and blocking key that others share, as a hash: the rarest keys of a
   person, until they bring as many others as one may be compared with. #}
with

profiles as {{ not_materialized() }} (
    select * from {{ ref('int_identity__person_profiles') }}
),

keys as (
    {%- for columns in var('matching_blocking_rules') %}
    select
        {{ loop.index }} as rule_number,
        {{ short_hash(columns) }} as blocking_key,
        person_number
    from profiles
    where
    {%- for column in columns %}
        {{ 'and ' if not loop.first }}{{ column }} is not null
    {%- endfor %}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

shared_keys as (
    select
        rule_number,
        blocking_key,
        cast(count(*) - 1 as int) as other_count
    from keys
    group by
        rule_number,
        blocking_key
    having count(*) between 2 and {{ var('matching_max_comparisons') }} + 1
),

ranked as (
    select
        keys.person_number,
        keys.rule_number,
        keys.blocking_key,
        shared_keys.other_count,
        sum(shared_keys.other_count) over (
            partition by keys.person_number
            order by shared_keys.other_count
        ) as comparison_count
    from keys
    inner join shared_keys
        on
            keys.rule_number = shared_keys.rule_number
            and keys.blocking_key = shared_keys.blocking_key
),

final as (
    select
        person_number,
        rule_number,
        blocking_key,
        other_count
    from ranked
    where comparison_count <= {{ var('matching_max_comparisons') }}
)

select * from final
