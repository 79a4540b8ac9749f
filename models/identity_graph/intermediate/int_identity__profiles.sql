{# One row per person record with what tells two people apart or shows them to be one: cleaned
   names, birth date and the keys made of them. #}
with

customers as (
    select
        source_name,
        source_record_id,
        given_name,
        family_name,
        second_family_name,
        full_name,
        birth_date,
        postal_code,
        address_line
    from {{ ref('harmonized_customers') }}
),

nicknames as (
    select
        nickname,
        given_name
    from {{ ref('nicknames') }}
),

cleaned as (
    select
        source_name || '|' || source_record_id as customer_record,
        {{ name_words(
            "coalesce(given_name, case when family_name is null and full_name not like '%,%' then "
            ~ regex_extract('full_name', '^ *([^ ]+) +[^ ]', 1) ~ " end)"
        ) }} as given_name,
        {{ name_words('family_name') }} as family_name,
        {{ name_words('second_family_name') }} as second_family_name,
        birth_date,
        postal_code,
        nullif({{ regex_extract('address_line', '([0-9]+)', 1) }}, '') as house_number
    from customers
),

split_names as (
    select
        customer_record,
        given_name,
        {{ regex_extract('given_name', '^([a-z]+)', 1) }} as first_given_name,
        {{ regex_extract('family_name', '^([a-z]+)', 1) }} as family_name,
        coalesce(
            nullif({{ regex_extract('second_family_name', '^([a-z]+)', 1) }}, ''),
            nullif({{ regex_extract('family_name', '^[a-z]+ ([a-z]+)', 1) }}, '')
        ) as second_family_name,
        -- Dates that stand for "not known".
        case
            when
                birth_date > cast('1900-01-01' as date)
                and birth_date <> cast('1970-01-01' as date)
                then birth_date
        end as birth_date,
        postal_code,
        house_number
    from cleaned
),

-- A short form that stands for one name only is that name.
plain_short_forms as (
    select
        nickname,
        min(given_name) as given_name
    from nicknames
    group by nickname
    having count(*) = 1
),

keyed as (
    select
        split_names.customer_record,
        nullif(split_names.given_name, '') as given_name,
        nullif(
            coalesce(plain_short_forms.given_name, split_names.first_given_name), ''
        ) as first_given_name,
        split_names.second_family_name,
        split_names.birth_date,
        case
            when
                length(split_names.first_given_name) > 1
                and length(split_names.family_name) > 1
                then
                    coalesce(plain_short_forms.given_name, split_names.first_given_name)
                    || '|' || split_names.family_name
        end as name_key,
        split_names.postal_code || '|' || split_names.house_number as door_key
    from split_names
    left join plain_short_forms
        on split_names.first_given_name = plain_short_forms.nickname
),

final as (
    select
        customer_record,
        given_name,
        first_given_name,
        second_family_name,
        name_key || '|' || cast(birth_date as string) as name_and_birth_date,
        name_key || '|' || door_key as name_and_address,
        birth_date
    from keyed
)

select * from final
