{#- Mistakes in the seeds of the identity graph, one row each. Each argument is a table or what stands for one. -#}
{% macro identity_rule_problems(identifier_types, blocked_values, overrides) -%}
{%- set known_types = linking_types() + ['order_id'] -%}
{%- set quoted_types = quoted_list(known_types) -%}
with

identifier_types as (
    select * from {{ identifier_types }}
),

blocked_values as (
    select * from {{ blocked_values }}
),

overrides as (
    select * from {{ overrides }}
),

expected_types as (
    {%- for type in known_types %}
    select '{{ type }}' as identifier_type
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

type_problems as (
    select
        'identifier_types.csv: ' || coalesce(identifier_type, '(empty)')
        || ' is no identifier type; known are {{ known_types | join(', ') }}' as problem
    from identifier_types
    where coalesce(identifier_type, '') not in ({{ quoted_types }})
    union all
    select 'identifier_types.csv: no row for ' || expected_types.identifier_type as problem
    from expected_types
    left join identifier_types
        on expected_types.identifier_type = identifier_types.identifier_type
    where identifier_types.identifier_type is null
    union all
    select 'identifier_types.csv: ' || identifier_type || ' has more than one row' as problem
    from identifier_types
    group by identifier_type
    having count(*) > 1
    union all
    select
        'identifier_types.csv: priority ' || cast(priority as string) || ' is given to '
        || min(identifier_type) || ' and ' || max(identifier_type) as problem
    from identifier_types
    group by priority
    having count(*) > 1
    union all
    select
        'identifier_types.csv: ' || identifier_type
        || ' needs a priority from 1 to 99, is_known, is_shareable and link_bits of 1 and more'
            as problem
    from identifier_types
    where
        coalesce(priority, 0) not between 1 and 99
        or is_known is null
        or is_shareable is null
        or coalesce(link_bits, 0) < 1
    union all
    select
        'identifier_types.csv: a limit of ' || identifier_type
        || ' is below 1; leave it empty for no limit' as problem
    from identifier_types
    where
        least(
            coalesce(limit_partners, 1),
            coalesce(limit_accounts, 1),
            coalesce(limit_persons, 1),
            coalesce(limit_per_customer, 1)
        ) < 1
    union all
    select
        'identifier_types.csv: limit_window of ' || identifier_type || ' is '
        || coalesce(limit_window, '(empty)') || '; it is ever, year, month, week or day' as problem
    from identifier_types
    where coalesce(limit_window, '') not in ('ever', 'year', 'month', 'week', 'day')
    union all
    select
        'identifier_types.csv: normaliser of ' || identifier_type || ' is '
        || coalesce(normaliser, '(empty)') || '; it is trimmed, lower or alphanumeric' as problem
    from identifier_types
    where coalesce(normaliser, '') not in ('trimmed', 'lower', 'alphanumeric')
    union all
    select
        'identifier_types.csv: limit_persons of ' || identifier_type
        || ' needs is_shareable, or nobody is counted' as problem
    from identifier_types
    where
        limit_persons is not null
        and not is_shareable
),

pattern_problems as (
    select
        'blocked_identifier_values.csv: ' || coalesce(identifier_type, '(empty)')
        || ' is no identifier type (pattern ' || pattern || ')' as problem
    from blocked_values
    where coalesce(identifier_type, '') not in ('any', {{ quoted_types }})
    union all
    select
        'blocked_identifier_values.csv: match_kind of ' || coalesce(pattern, '(empty)')
        || ' is ' || coalesce(match_kind, '(empty)') || '; it is exact, like or regex' as problem
    from blocked_values
    where coalesce(match_kind, '') not in ('exact', 'like', 'regex')
    union all
    select 'blocked_identifier_values.csv: a row has no pattern' as problem
    from blocked_values
    where coalesce(pattern, '') = ''
    union all
    select 'blocked_identifier_values.csv: ' || pattern || ' is no regular expression' as problem
    from blocked_values
    where
        match_kind = 'regex'
        and not {{ is_regex('pattern') }}
    union all
    select
        'blocked_identifier_values.csv: like pattern ' || pattern || ' needs one identifier type'
            as problem
    from blocked_values
    where
        match_kind = 'like'
        and identifier_type = 'any'
    union all
    select
        'blocked_identifier_values.csv: ' || pattern
        || ' can be contagious only as an exact or like pattern of device_id or anonymous_id'
            as problem
    from blocked_values
    where
        is_contagious
        and (match_kind = 'regex' or identifier_type not in ('device_id', 'anonymous_id'))
    union all
    select
        'blocked_identifier_values.csv: ' || pattern
        || ' has a quote, or capitals that no lower-case value can have' as problem
    from blocked_values
    where
        pattern like '%''%'
        or (match_kind <> 'regex' and pattern <> lower(pattern))
),

override_problems as (
    select
        'identity_overrides.csv: ' || coalesce(override_id, '(empty)')
        || ' needs an action of must_link or cannot_link, an owner and a reason' as problem
    from overrides
    where
        coalesce(action, '') not in ('must_link', 'cannot_link')
        or owner is null
        or reason is null
        or override_id is null
    union all
    select
        'identity_overrides.csv: ' || override_id || ' names '
        || coalesce(identifier_type_a, '(empty)') || ' and '
        || coalesce(identifier_type_b, '(empty)')
        || '; known types are {{ linking_types() | join(', ') }}'
            as problem
    from overrides
    where
        coalesce(identifier_type_a, '') not in ({{ quoted_types }})
        or coalesce(identifier_type_b, '') not in ({{ quoted_types }})
    union all
    select
        'identity_overrides.csv: ' || override_id
        || ' needs two different identifiers and valid_from before valid_to' as problem
    from overrides
    where
        identifier_value_a is null
        or identifier_value_b is null
        or (identifier_type_a = identifier_type_b and identifier_value_a = identifier_value_b)
        or valid_from >= valid_to
    union all
    select 'identity_overrides.csv: ' || override_id || ' has more than one row' as problem
    from overrides
    group by override_id
    having count(*) > 1
),

decisions as (
    select
        override_id,
        action,
        identifier_type_a || ' ' || lower(trim(identifier_value_a)) as one,
        identifier_type_b || ' ' || lower(trim(identifier_value_b)) as other,
        coalesce(valid_from, timestamp '0001-01-01') as valid_from,
        coalesce(valid_to, timestamp '9999-12-31') as valid_to
    from overrides
),

contradictions as (
    select
        'identity_overrides.csv: ' || links.override_id || ' and ' || partings.override_id
        || ' say the opposite of ' || links.one || ' and ' || links.other
        || ' at the same time; end one of them with valid_to' as problem
    from decisions as links
    inner join decisions as partings
        on
            least(links.one, links.other) = least(partings.one, partings.other)
            and greatest(links.one, links.other) = greatest(partings.one, partings.other)
            and links.valid_from < partings.valid_to
            and partings.valid_from < links.valid_to
    where
        links.action = 'must_link'
        and partings.action = 'cannot_link'
)

select problem from type_problems
union all
select problem from pattern_problems
union all
select problem from override_problems
union all
select problem from contradictions
{%- endmacro %}

{#- One row with 'sound'; otherwise the query ends with every mistake in one message. -#}
{% macro identity_rules_verdict(identifier_types, blocked_values, overrides) -%}
    select
        case
            when count(*) = 0 then 'sound'
            else {{ fail_with(
                "'The identity rules in seeds/identity are wrong: ' || "
                ~ list_to_text(sorted_distinct_list('problem'), '; ')
            ) }}
        end as outcome
    from (
        {{ identity_rule_problems(identifier_types, blocked_values, overrides) }}
    ) as problems
{%- endmacro %}

{#- Hook at the start of a build: wrong rules end it before anything is built. Where seeds cannot be read
    before they are loaded, the first model of the graph is what ends it. -#}
{% macro check_identity_rules() -%}
    {%- if execute and flags.WHICH in build_commands() and seed_file('identifier_types') -%}
        {%- do run_query(identity_rules_verdict(
            seed_file('identifier_types'),
            seed_file('blocked_identifier_values'),
            seed_file('identity_overrides')
        )) -%}
    {%- endif -%}
{%- endmacro %}
