{{ config(materialized='table') }}

{# One row per exclusion list and identifier that was looked up there: the last answer. #}
with

harmonized_list_checks as (
    select
        list_code,
        identifier_hash,
        case result when 'not_listed' then 'not_listed' else 'listed' end as result,
        checked_at,
        valid_to,
        source_name,
        source_record_id
    from {{ ref('harmonized_list_checks') }}
    where
        list_code is not null
        and identifier_hash is not null
        and checked_at <= {{ as_of() }}
),

-- Of two answers of one instant the one that says listed counts.
ranked_checks as (
    select
        *,
        row_number() over (
            partition by list_code, identifier_hash
            order by
                checked_at desc,
                result asc,
                valid_to asc nulls last,
                source_name asc,
                source_record_id asc
        ) as check_rank
    from harmonized_list_checks
),

final as (
    select
        list_code,
        identifier_hash,
        result,
        checked_at,
        valid_to
    from ranked_checks
    where check_rank = 1
)

select * from final
