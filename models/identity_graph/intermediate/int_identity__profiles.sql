{# One row per person record with what tells two people apart or shows them to be one,
   standardised: names, birth date, contact points and home. What a record claims without proof
   is left out. #}
with

customers as {{ not_materialized() }} (
    select
        source_name,
        source_record_id,
        given_name,
        family_name,
        second_family_name,
        full_name,
        birth_date,
        email,
        phone,
        address_line,
        postal_code,
        city
    from {{ ref('harmonized_customers') }}
),

listed_national_ids as (
    select
        source_name || '|' || entity_record_id as customer_record,
        identifier_value,
        {{ normalized_identifier('identifier_value', "'alphanumeric'") }} as normal_value
    from {{ ref('harmonized_identifiers') }}
    where
        entity = 'customers'
        and identifier_type = 'national_id'
),

unverified_claims as (
    select
        customer_record,
        identifier_type,
        identifier_value
    from {{ ref('int_identity__unverified_claims') }}
    where customer_record is not null
    group by
        customer_record,
        identifier_type,
        identifier_value
),

national_ids as (
    select
        listed_national_ids.customer_record,
        min(listed_national_ids.identifier_value) as national_id
    from listed_national_ids
    left join unverified_claims
        on
            unverified_claims.identifier_type = 'national_id'
            and listed_national_ids.customer_record = unverified_claims.customer_record
            and listed_national_ids.normal_value = unverified_claims.identifier_value
    where unverified_claims.customer_record is null
    group by listed_national_ids.customer_record
),

nicknames as (
    select
        nickname,
        given_name
    from {{ ref('nicknames') }}
),

blocked_values as (
    select
        identifier_type,
        identifier_value
    from {{ ref('int_identity__blocked_values') }}
),

-- Names and cities come back thousands of times, so each spelling is taken to words once.
name_spellings as (
    {%- for column in ['given_name', 'family_name', 'second_family_name'] %}
    select {{ column }} as spelling
    from customers
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

names as (
    select
        spelling,
        {{ name_words('spelling') }} as words
    from name_spellings
    group by spelling
),

place_spellings as (
    {%- for column in ['address_line', 'city'] %}
    select {{ column }} as spelling
    from customers
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

places as (
    select
        spelling,
        {{ address_words('spelling') }} as words
    from place_spellings
    group by spelling
),

cleaned as (
    select
        customers.source_name || '|' || customers.source_record_id as customer_record,
        coalesce(given_names.words, '') as given_name,
        coalesce(family_names.words, '') as family_name,
        coalesce(second_family_names.words, '') as second_family_name,
        -- A full name is taken apart only where its parts are not given.
        case
            when customers.given_name is null and customers.family_name is null
                then {{ name_words(
                    regex_replace('customers.full_name', '^ *([^,]+),(.+)$', '\\2 \\1')
                ) }}
            else ''
        end as full_name,
        -- The dates left out stand for "not known".
        case
            when
                customers.birth_date > cast('1900-01-01' as date)
                and customers.birth_date <> cast('1970-01-01' as date)
                then customers.birth_date
        end as birth_date,
        customers.email,
        customers.phone,
        customers.postal_code,
        nullif(addresses.words, '') as address,
        nullif(cities.words, '') as city
    from customers
    left join names as given_names
        on customers.given_name = given_names.spelling
    left join names as family_names
        on customers.family_name = family_names.spelling
    left join names as second_family_names
        on customers.second_family_name = second_family_names.spelling
    left join places as addresses
        on customers.address_line = addresses.spelling
    left join places as cities
        on customers.city = cities.spelling
),

split_names as (
    select
        customer_record,
        nullif(
            coalesce(nullif(given_name, ''), {{ regex_extract(
                'full_name', '^([^ ]+ [^ ]+)( [^ ]+){2,}$'
            ) }}),
            ''
        ) as given_names,
        {{ regex_extract('full_name', '^([^ ]+)') }} as first_word,
        coalesce(
            nullif({{ regex_extract('family_name', '^([^ ]+)') }}, ''),
            nullif({{ regex_extract('full_name', '^[^ ]+( [^ ]+)+ ([^ ]+) [^ ]+$', 2) }}, ''),
            nullif({{ regex_extract('full_name', '^[^ ]+ ([^ ]+)') }}, '')
        ) as family_name,
        coalesce(
            nullif({{ regex_extract('second_family_name', '^([^ ]+)') }}, ''),
            nullif({{ regex_extract('family_name', '^[^ ]+ ([^ ]+)') }}, ''),
            nullif({{ regex_extract('full_name', '^[^ ]+( [^ ]+)+ ([^ ]+)$', 2) }}, '')
        ) as second_family_name,
        birth_date,
        email,
        phone,
        postal_code,
        address,
        city
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

named as (
    select
        split_names.*,
        coalesce(split_names.given_names, nullif(split_names.first_word, '')) as given_name,
        {{ regex_extract(
            'coalesce(split_names.given_names, split_names.first_word)', '^([^ ]+)'
        ) }} as first_given_name
    from split_names
),

final as (
    select
        named.customer_record,
        named.given_name,
        -- The name that a short form stands for.
        nullif(
            coalesce(plain_short_forms.given_name, named.first_given_name), ''
        ) as first_given_name,
        named.family_name,
        named.second_family_name,
        named.birth_date,
        case
            when
                blocked_emails.identifier_value is null
                and claimed_emails.identifier_value is null
                then named.email
        end as email,
        case
            when
                blocked_phones.identifier_value is null
                and claimed_phones.identifier_value is null
                then named.phone
        end as phone,
        national_ids.national_id,
        named.address,
        nullif({{ regex_extract('named.address', '([0-9]+)') }}, '') as house_number,
        named.postal_code,
        named.city
    from named
    left join plain_short_forms
        on named.first_given_name = plain_short_forms.nickname
    left join national_ids
        on named.customer_record = national_ids.customer_record
    left join blocked_values as blocked_emails
        on
            blocked_emails.identifier_type = 'email'
            and named.email = blocked_emails.identifier_value
    left join blocked_values as blocked_phones
        on
            blocked_phones.identifier_type = 'phone'
            and named.phone = blocked_phones.identifier_value
    left join unverified_claims as claimed_emails
        on
            claimed_emails.identifier_type = 'email'
            and named.customer_record = claimed_emails.customer_record
            and named.email = claimed_emails.identifier_value
    left join unverified_claims as claimed_phones
        on
            claimed_phones.identifier_type = 'phone'
            and named.customer_record = claimed_phones.customer_record
            and named.phone = claimed_phones.identifier_value
)

select * from final
