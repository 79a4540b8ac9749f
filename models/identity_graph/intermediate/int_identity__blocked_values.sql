{# One row per identifier that the seed blocked_identifier_values keeps out of the graph. Regular expressions
   are added by the post-hook. #}
{{
    config(
        post_hook="{{ insert_regex_blocked_values(this, ref('blocked_identifier_values'), ref('int_identity__values')) }}"
    )
}}

with

identifier_values as (
    select
        identifier_type,
        identifier_value,
        match_value
    from {{ ref('int_identity__values') }}
),

patterns as (
    select
        identifier_type,
        match_kind,
        pattern
    from {{ ref('blocked_identifier_values') }}
),

exact_matches as (
    select
        identifier_values.identifier_type,
        identifier_values.identifier_value,
        patterns.pattern
    from identifier_values
    inner join patterns
        on identifier_values.match_value = patterns.pattern
    where
        patterns.match_kind = 'exact'
        and patterns.identifier_type in ('any', identifier_values.identifier_type)
),

like_matches as (
    select
        identifier_values.identifier_type,
        identifier_values.identifier_value,
        patterns.pattern
    from identifier_values
    inner join patterns
        on
            identifier_values.identifier_type = patterns.identifier_type
            and identifier_values.match_value like patterns.pattern
    where patterns.match_kind = 'like'
),

matches as (
    select * from exact_matches
    union all
    select * from like_matches
),

final as (
    select
        identifier_type,
        identifier_value,
        min(pattern) as pattern
    from matches
    group by
        identifier_type,
        identifier_value
)

select * from final
