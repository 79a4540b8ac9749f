-- Limits are positive; the order of priorities is the order in which the macros look; like patterns
-- name a type; contagion is told by exact and like patterns of devices only; a quote cannot be in a
-- pattern.
select
    'identifier_types' as seed,
    identifier_type as entry
from {{ ref('identifier_types') }}
where
    limit_partners <= 0
    or limit_accounts <= 0
    or limit_persons <= 0
    or priority < 1
    or priority > 99
    or (limit_persons is not null and not is_shareable)
    {%- for type in linking_types() %}
    or (identifier_type = '{{ type }}' and priority <> {{ loop.index }})
    {%- endfor %}

union all

select
    'blocked_identifier_values' as seed,
    pattern as entry
from {{ ref('blocked_identifier_values') }}
where
    (match_kind = 'like' and identifier_type = 'any')
    or (
        is_contagious
        and (match_kind = 'regex' or identifier_type not in ('device_id', 'anonymous_id'))
    )
    or pattern like '%''%'
    or (match_kind <> 'regex' and pattern <> lower(pattern))
