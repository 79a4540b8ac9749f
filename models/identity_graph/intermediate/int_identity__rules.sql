{# One row per identifier type with its rules, once all seeds of the graph are sound; otherwise
   the build ends here, with every mistake in one message. #}
with

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

verdict as (
    {{ identity_rules_verdict(
        ref('identifier_types'), ref('blocked_identifier_values'), ref('identity_overrides')
    ) }}
),

final as (
    select
        identifier_types.identifier_type,
        identifier_types.priority,
        identifier_types.normaliser,
        identifier_types.is_known,
        identifier_types.is_shareable,
        identifier_types.limit_partners,
        identifier_types.limit_accounts,
        identifier_types.limit_persons,
        identifier_types.limit_per_customer,
        case identifier_types.limit_window
            when 'year' then 365 * 86400
            when 'month' then 30 * 86400
            when 'week' then 7 * 86400
            when 'day' then 86400
        end as limit_window_seconds,
        identifier_types.link_bits
    from identifier_types
    inner join verdict
        on verdict.outcome = 'sound'
)

select * from final
