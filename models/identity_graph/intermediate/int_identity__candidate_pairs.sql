{# One row per pair of persons so far that blocking rules bring together: the keys that they share
   add up to enough evidence. #}
with

blocking_keys as {{ not_materialized() }} (
    select * from {{ ref('int_identity__blocking_keys') }}
),

key_evidence as (
    select * from {{ ref('int_identity__key_evidence') }}
),

weighed_keys as (
    select
        blocking_keys.person_number,
        blocking_keys.rule_number,
        blocking_keys.blocking_key,
        cast(key_evidence.evidence as double) as evidence
    from blocking_keys
    inner join key_evidence
        on
            blocking_keys.rule_number = key_evidence.rule_number
            and least(blocking_keys.other_count, {{ many_others() }})
            = key_evidence.other_count
),

final as (
    select
        one.person_number as number_one,
        other.person_number as number_other
    from weighed_keys as one
    inner join blocking_keys as other
        on
            one.rule_number = other.rule_number
            and one.blocking_key = other.blocking_key
    where one.person_number < other.person_number
    group by
        one.person_number,
        other.person_number
    having sum(one.evidence) >= 1000000 * {{ var('matching_min_evidence') }}
)

select * from final
