{# One row per pair of components that two keys of the person tie together: one name with one birth
   date, or one name at one door with a birth date or a mother's family name in common. People of
   one name in one house are why the door alone is not enough. #}
with

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__identifier_components') }}
),

nodes as (
    select
        node_id,
        identifier_value as customer_record
    from {{ ref('int_identity__nodes') }}
    where
        identifier_type = 'customer_record'
        and status = 'linking'
),

records as (
    select
        components.component,
        nodes.node_id,
        profiles.second_family_name,
        profiles.name_and_birth_date,
        profiles.name_and_address,
        profiles.birth_date
    from profiles
    inner join nodes
        on profiles.customer_record = nodes.customer_record
    inner join components
        on nodes.node_id = components.node
),

keys as (
    select
        'same_name_and_birth_date' as rule,
        name_and_birth_date as personal_key,
        component,
        min(node_id) as node_id
    from records
    where name_and_birth_date is not null
    group by
        name_and_birth_date,
        component
    union all
    select
        'same_name_and_address' as rule,
        name_and_address as personal_key,
        component,
        min(node_id) as node_id
    from records
    where name_and_address is not null
    group by
        name_and_address,
        component
),

key_sizes as (
    select
        rule,
        personal_key,
        count(*) as component_count
    from keys
    group by
        rule,
        personal_key
),

pairs as (
    select
        one.rule,
        one.personal_key,
        one.component as component_one,
        other.component as component_other,
        one.node_id as node_one,
        other.node_id as node_other
    from keys as one
    inner join keys as other
        on
            one.rule = other.rule
            and one.personal_key = other.personal_key
    inner join key_sizes
        on
            one.rule = key_sizes.rule
            and one.personal_key = key_sizes.personal_key
    where
        one.component < other.component
        and key_sizes.component_count <= 10  -- a name that so many share says nothing
),

distinct_pairs as (
    select
        component_one,
        component_other
    from pairs
    group by
        component_one,
        component_other
),

paired_components as (
    select component_one as component from distinct_pairs
    union
    select component_other as component from distinct_pairs
),

birth_dates as (
    select
        records.component,
        records.birth_date
    from records
    inner join paired_components
        on records.component = paired_components.component
    where records.birth_date is not null
    group by
        records.component,
        records.birth_date
),

family_names as (
    select
        records.component,
        records.second_family_name
    from records
    inner join paired_components
        on records.component = paired_components.component
    where records.second_family_name is not null
    group by
        records.component,
        records.second_family_name
),

compared_birth_dates as (
    select
        distinct_pairs.component_one,
        distinct_pairs.component_other,
        max(
            case when {{ are_near_dates('one.birth_date', 'other.birth_date') }} then 1 else 0 end
        ) = 1
            as is_same
    from distinct_pairs
    inner join birth_dates as one
        on distinct_pairs.component_one = one.component
    inner join birth_dates as other
        on distinct_pairs.component_other = other.component
    group by
        distinct_pairs.component_one,
        distinct_pairs.component_other
),

compared_family_names as (
    select
        distinct_pairs.component_one,
        distinct_pairs.component_other,
        max(
            case
                when levenshtein(one.second_family_name, other.second_family_name) <= 2 then 1
                else 0
            end
        ) = 1 as is_same
    from distinct_pairs
    inner join family_names as one
        on distinct_pairs.component_one = one.component
    inner join family_names as other
        on distinct_pairs.component_other = other.component
    group by
        distinct_pairs.component_one,
        distinct_pairs.component_other
),

judged as (
    select
        pairs.*,
        coalesce(compared_birth_dates.is_same, false) as is_birth_date_same,
        coalesce(compared_family_names.is_same, false) as is_family_name_same,
        coalesce(not compared_birth_dates.is_same, false)
        or coalesce(not compared_family_names.is_same, false) as is_conflict
    from pairs
    left join compared_birth_dates
        on
            pairs.component_one = compared_birth_dates.component_one
            and pairs.component_other = compared_birth_dates.component_other
    left join compared_family_names
        on
            pairs.component_one = compared_family_names.component_one
            and pairs.component_other = compared_family_names.component_other
),

-- Where two people clearly share the key, a family name in common could be either's.
contested_keys as (
    select
        rule,
        personal_key
    from judged
    where is_conflict
    group by
        rule,
        personal_key
),

final as (
    select
        judged.component_one,
        judged.component_other,
        judged.node_one,
        judged.node_other,
        judged.rule,
        judged.is_birth_date_same,
        judged.is_family_name_same
    from judged
    left join contested_keys
        on
            judged.rule = contested_keys.rule
            and judged.personal_key = contested_keys.personal_key
    where
        not judged.is_conflict
        and (
            judged.is_birth_date_same
            or (judged.is_family_name_same and contested_keys.personal_key is null)
        )
)

select * from final
