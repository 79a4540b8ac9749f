{# One row per person record with what tells two people apart: cleaned given name and birth date. #}
with

customers as (
    select
        source_name,
        source_record_id,
        given_name,
        full_name,
        birth_date
    from {{ ref('harmonized_customers') }}
),

cleaned as (
    select
        source_name || '|' || source_record_id as customer_record,
        trim(
            {{ regex_replace(
                "lower(" ~ strip_accents("coalesce(given_name, case when full_name not like '%,%' "
                ~ "then " ~ regex_extract('full_name', '^ *([^ ]+) +[^ ]', 1) ~ " end, '')") ~ ")",
                '[^a-z]+', ' '
            ) }}
        ) as given_name,
        birth_date
    from customers
),

final as (
    select
        customer_record,
        nullif(given_name, '') as given_name,
        -- Dates that stand for "not known".
        case
            when
                birth_date > cast('1900-01-01' as date)
                and birth_date <> cast('1970-01-01' as date)
                then birth_date
        end as birth_date
    from cleaned
)

select * from final
