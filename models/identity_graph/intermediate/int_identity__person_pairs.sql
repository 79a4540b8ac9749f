{# One row per pair of different persons (given name, birth date) behind one shared value, with whether they
   are clearly two people. #}
with

value_persons as (
    select
        identifier_type,
        identifier_value,
        coalesce(given_name, '') as given_name,
        birth_date,
        min(hub_record) as hub_record
    from {{ ref('int_identity__value_persons') }}
    group by
        identifier_type,
        identifier_value,
        coalesce(given_name, ''),
        birth_date
),

identifier_types as (
    select
        identifier_type,
        limit_persons
    from {{ ref('identifier_types') }}
),

nicknames as (
    select
        nickname,
        given_name
    from {{ ref('nicknames') }}
),

counted as (
    select
        identifier_type,
        identifier_value,
        count(*) as person_count
    from value_persons
    group by
        identifier_type,
        identifier_value
),

comparable as (
    select value_persons.*
    from value_persons
    inner join counted
        on
            value_persons.identifier_type = counted.identifier_type
            and value_persons.identifier_value = counted.identifier_value
    inner join identifier_types
        on value_persons.identifier_type = identifier_types.identifier_type
    where
        counted.person_count > 1
        and counted.person_count <= coalesce(identifier_types.limit_persons, counted.person_count)
),

pairs as (
    select
        one.identifier_type,
        one.identifier_value,
        one.hub_record as hub_record_one,
        other.hub_record as hub_record_other,
        one.given_name as given_name_one,
        other.given_name as given_name_other,
        one.birth_date as birth_date_one,
        other.birth_date as birth_date_other
    from comparable as one
    inner join comparable as other
        on
            one.identifier_type = other.identifier_type
            and one.identifier_value = other.identifier_value
    where
        one.given_name < other.given_name
        or (one.given_name = other.given_name and one.hub_record < other.hub_record)
),

name_pairs as (
    select
        given_name_one,
        given_name_other
    from pairs
    where
        given_name_one <> ''
        and given_name_one <> given_name_other
    group by
        given_name_one,
        given_name_other
),

tokens_one as (
    select
        name_pairs.given_name_one,
        name_pairs.given_name_other,
        token_list.token
    from name_pairs
    {{ unnest_list(split_text('name_pairs.given_name_one', ' '), 'token_list', 'token') }}
    where token_list.token not in ('de', 'del', 'la', 'las', 'los', 'y')
),

tokens_other as (
    select
        name_pairs.given_name_one,
        name_pairs.given_name_other,
        token_list.token
    from name_pairs
    {{ unnest_list(split_text('name_pairs.given_name_other', ' '), 'token_list', 'token') }}
    where token_list.token not in ('de', 'del', 'la', 'las', 'los', 'y')
),

known_names as (
    select given_name as token from nicknames
    union
    select nickname as token from nicknames
),

token_pairs as (
    select
        tokens_one.given_name_one,
        tokens_one.given_name_other,
        tokens_one.token as token_one,
        tokens_other.token as token_other,
        known_one.token is not null and known_other.token is not null as are_known_names
    from tokens_one
    inner join tokens_other
        on
            tokens_one.given_name_one = tokens_other.given_name_one
            and tokens_one.given_name_other = tokens_other.given_name_other
    left join known_names as known_one
        on tokens_one.token = known_one.token
    left join known_names as known_other
        on tokens_other.token = known_other.token
),

names_of_tokens as (
    select
        nickname as token,
        given_name as name_key
    from nicknames
    union
    select
        token,
        token as name_key
    from tokens_one
    union
    select
        token,
        token as name_key
    from tokens_other
),

same_by_nickname as (
    select
        token_pairs.given_name_one,
        token_pairs.given_name_other
    from token_pairs
    inner join names_of_tokens as names_one
        on token_pairs.token_one = names_one.token
    inner join names_of_tokens as names_other
        on
            token_pairs.token_other = names_other.token
            and names_one.name_key = names_other.name_key
    group by
        token_pairs.given_name_one,
        token_pairs.given_name_other
),

-- An initial, a short form or a slip of the pen; two names that both exist are no slip.
same_by_spelling as (
    select
        given_name_one,
        given_name_other
    from token_pairs
    where
        (length(token_one) = 1 and token_other like token_one || '%')
        or (length(token_other) = 1 and token_one like token_other || '%')
        or (
            not are_known_names
            and least(length(token_one), length(token_other)) >= 3
            and (
                token_one like token_other || '%'
                or token_other like token_one || '%'
                or levenshtein(token_one, token_other) <= 1
                or (
                    least(length(token_one), length(token_other)) >= 5
                    and levenshtein(token_one, token_other) <= 2
                )
            )
        )
    group by
        given_name_one,
        given_name_other
),

compared as (
    select
        pairs.*,
        coalesce(
            pairs.given_name_one <> ''
            and pairs.given_name_one <> pairs.given_name_other
            and same_by_nickname.given_name_one is null
            and same_by_spelling.given_name_one is null,
            false
        ) as is_name_conflict,
        -- One wrong digit group or day and month swapped is a slip; two differing parts are two people.
        coalesce(
            case
                when
                    year(pairs.birth_date_one) = year(pairs.birth_date_other)
                    and month(pairs.birth_date_one) = day(pairs.birth_date_other)
                    and day(pairs.birth_date_one) = month(pairs.birth_date_other)
                    then false
                else
                    case when year(pairs.birth_date_one) <> year(pairs.birth_date_other) then 1 else 0 end
                    + case when month(pairs.birth_date_one) <> month(pairs.birth_date_other) then 1 else 0 end
                    + case when day(pairs.birth_date_one) <> day(pairs.birth_date_other) then 1 else 0 end
                    >= 2
            end,
            false
        ) as is_birth_date_conflict
    from pairs
    left join same_by_nickname
        on
            pairs.given_name_one = same_by_nickname.given_name_one
            and pairs.given_name_other = same_by_nickname.given_name_other
    left join same_by_spelling
        on
            pairs.given_name_one = same_by_spelling.given_name_one
            and pairs.given_name_other = same_by_spelling.given_name_other
),

final as (
    select
        identifier_type,
        identifier_value,
        hub_record_one,
        hub_record_other,
        given_name_one,
        given_name_other,
        birth_date_one,
        birth_date_other,
        is_name_conflict,
        is_birth_date_conflict,
        is_name_conflict or is_birth_date_conflict as is_conflict
    from compared
)

select * from final
