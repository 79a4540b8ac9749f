{{ config(materialized='table') }}

{# One row per customer whose events mostly carry the user agent of a machine. More than half,
   because a single odd event does not make a person a robot. #}
with

harmonized_events as (
    select
        source_name,
        source_record_id,
        user_agent
    from {{ ref('harmonized_events') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where
        entity = 'events'
        and customer_id is not null
),

population_rules as (
    select
        rule_id,
        pattern
    from {{ ref('population_rules') }}
    where
        population = 'bot'
        and field = 'user_agent'
),

-- Patterns are tried once per distinct user agent, not once per event.
user_agents as (
    select user_agent
    from harmonized_events
    where user_agent is not null
    group by user_agent
),

bot_user_agents as (
    select
        user_agents.user_agent,
        min(population_rules.rule_id) as rule_id
    from user_agents
    inner join population_rules
        on lower(user_agents.user_agent) like population_rules.pattern
    group by user_agents.user_agent
),

-- Only customers with any such event are counted in full.
suspects as (
    select
        identity_source_records.customer_id,
        min(bot_user_agents.rule_id) as rule_id,
        count(*) as bot_event_count
    from harmonized_events
    inner join bot_user_agents
        on harmonized_events.user_agent = bot_user_agents.user_agent
    inner join identity_source_records
        on
            harmonized_events.source_name = identity_source_records.source_name
            and harmonized_events.source_record_id = identity_source_records.source_record_id
    group by identity_source_records.customer_id
),

event_counts as (
    select
        suspects.customer_id,
        suspects.rule_id,
        suspects.bot_event_count,
        count(*) as event_count
    from identity_source_records
    inner join suspects
        on identity_source_records.customer_id = suspects.customer_id
    group by
        suspects.customer_id,
        suspects.rule_id,
        suspects.bot_event_count
),

final as (
    select
        customer_id,
        rule_id,
        cast(bot_event_count as bigint) as bot_event_count,
        cast(event_count as bigint) as event_count
    from event_counts
    where bot_event_count * 2 > event_count
)

select * from final
