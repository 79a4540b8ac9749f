{# One row per pair of different persons (given name, second family name, birth date) behind one
   shared value, with whether they are clearly two people. #}
with

value_persons as (
    select
        identifier_type,
        identifier_value,
        coalesce(given_name, '') as given_name,
        coalesce(second_family_name, '') as second_family_name,
        birth_date,
        min(first_given_name) as first_given_name,
        min(hub_record) as hub_record
    from {{ ref('int_identity__value_persons') }}
    group by
        identifier_type,
        identifier_value,
        coalesce(given_name, ''),
        coalesce(second_family_name, ''),
        birth_date
),

rules as (
    select
        identifier_type,
        limit_persons
    from {{ ref('int_identity__rules') }}
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
        count(*) as form_count,
        count(distinct first_given_name) as person_count
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
    inner join rules
        on value_persons.identifier_type = rules.identifier_type
    where
        counted.form_count > 1
        and counted.person_count <= coalesce(rules.limit_persons, counted.person_count)
),

pairs as (
    select
        one.identifier_type,
        one.identifier_value,
        one.hub_record as hub_record_one,
        other.hub_record as hub_record_other,
        one.given_name as given_name_one,
        other.given_name as given_name_other,
        one.second_family_name as second_family_name_one,
        other.second_family_name as second_family_name_other,
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
),

tokens_other as (
    select
        name_pairs.given_name_one,
        name_pairs.given_name_other,
        token_list.token
    from name_pairs
    {{ unnest_list(split_text('name_pairs.given_name_other', ' '), 'token_list', 'token') }}
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

judged as (
    select
        pairs.*,
        coalesce(
            pairs.given_name_one <> ''
            and pairs.given_name_one <> pairs.given_name_other
            and same_by_nickname.given_name_one is null
            and same_by_spelling.given_name_one is null,
            false
        ) as is_name_conflict,
        -- Two people of one name in one house often differ in the mother's family name.
        pairs.second_family_name_one <> ''
        and pairs.second_family_name_other <> ''
        and levenshtein(pairs.second_family_name_one, pairs.second_family_name_other) > 2
            as is_family_name_conflict,
        coalesce(
            not {{ are_near_dates('pairs.birth_date_one', 'pairs.birth_date_other') }},
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

-- Both directions, so that a third form of the name can be looked for between two.
similar_names as (
    select
        identifier_type,
        identifier_value,
        given_name_one as given_name,
        given_name_other as similar_name
    from judged
    where
        not is_name_conflict
        and given_name_one <> ''
        and given_name_other <> ''
    union
    select
        identifier_type,
        identifier_value,
        given_name_other as given_name,
        given_name_one as similar_name
    from judged
    where
        not is_name_conflict
        and given_name_one <> ''
        and given_name_other <> ''
),

-- Juan Carlos and Junaca are one person when Juanca is there too.
joined_by_a_third as (
    select
        near.identifier_type,
        near.identifier_value,
        near.given_name as given_name_one,
        far.similar_name as given_name_other
    from similar_names as near
    inner join similar_names as far
        on
            near.identifier_type = far.identifier_type
            and near.identifier_value = far.identifier_value
            and near.similar_name = far.given_name
    group by
        near.identifier_type,
        near.identifier_value,
        near.given_name,
        far.similar_name
),

compared as (
    select
        judged.identifier_type,
        judged.identifier_value,
        judged.hub_record_one,
        judged.hub_record_other,
        judged.given_name_one,
        judged.given_name_other,
        judged.birth_date_one,
        judged.birth_date_other,
        judged.is_name_conflict and joined_by_a_third.given_name_one is null as is_name_conflict,
        judged.is_family_name_conflict,
        judged.is_birth_date_conflict
    from judged
    left join joined_by_a_third
        on
            judged.identifier_type = joined_by_a_third.identifier_type
            and judged.identifier_value = joined_by_a_third.identifier_value
            and judged.given_name_one = joined_by_a_third.given_name_one
            and judged.given_name_other = joined_by_a_third.given_name_other
),

final as (
    select
        *,
        is_name_conflict or is_family_name_conflict or is_birth_date_conflict as is_conflict
    from compared
)

select * from final
