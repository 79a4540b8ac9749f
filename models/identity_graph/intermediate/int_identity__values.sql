{# One row per identifier (type and value) that any record carries: with those who may count it as
   theirs. #}
with

identifiers as (
    select * from {{ ref('int_identity__proven_identifiers') }}
),

final as (
    select
        identifier_type,
        identifier_value,
        -- What the source wrote: ids that are qualified by their source are compared without it.
        lower(
            case
                when identifier_type in ('customer_record', 'anonymous_id')
                    then substring(identifier_value, position('|' in identifier_value) + 1)
                else identifier_value
            end
        ) as match_value,
        count(distinct partner) as partner_count,
        -- Accounts: one person has few cards and few logins.
        greatest(count(distinct loyalty_number), count(distinct user_id)) as account_count,
        cast(sum(record_count) as bigint) as record_count,
        min(first_batch_id) as first_batch_id,
        max(batch_id) as batch_id,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from identifiers
    group by
        identifier_type,
        identifier_value
)

select * from final
