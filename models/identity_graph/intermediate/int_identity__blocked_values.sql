{# One row per identifier that the seed blocked_identifier_values keeps out of the graph. Regular
   expressions are added by the post-hook. #}
{{
    config(
        post_hook="{{ insert_regex_blocked_values(
            this, ref('blocked_identifier_values'), ref('int_identity__values')
        ) }}"
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
        pattern,
        is_contagious
    from {{ ref('blocked_identifier_values') }}
),

signatures as (
    select
        device_id,
        anonymous_id
    from {{ ref('int_identity__signatures') }}
    where
        device_id is not null
        and anonymous_id is not null
),

exact_matches as (
    select
        identifier_values.identifier_type,
        identifier_values.identifier_value,
        patterns.pattern,
        patterns.is_contagious
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
        patterns.pattern,
        patterns.is_contagious
    from identifier_values
    inner join patterns
        on
            identifier_values.identifier_type = patterns.identifier_type
            and identifier_values.match_value like patterns.pattern
    where patterns.match_kind = 'like'
),

direct_matches as (
    select * from exact_matches
    union all
    select * from like_matches
),

-- The browser of a kiosk is a kiosk too.
cookies_of_blocked_devices as (
    select
        'anonymous_id' as identifier_type,
        signatures.anonymous_id as identifier_value,
        direct_matches.pattern,
        direct_matches.is_contagious
    from direct_matches
    inner join signatures
        on direct_matches.identifier_value = signatures.device_id
    where
        direct_matches.identifier_type = 'device_id'
        and direct_matches.is_contagious
),

matches as (
    select * from direct_matches
    union all
    select * from cookies_of_blocked_devices
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
