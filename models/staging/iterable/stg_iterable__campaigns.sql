{# One row per landed row of iterable.campaign_history: a state of a
   campaign. #}
with

campaigns as (
    select * from {{ source('iterable', 'campaign_history') }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.campaign_history' as source_table,
        {{ clean_id('campaigns.id') }} as source_record_id,
        {{ clean_id('campaigns.id') }} as campaign_id,
        ---------- strings
        {{ clean_text('campaigns.name') }} as name,
        case when lower(campaigns.type) = 'triggered' then 'flow' else 'campaign' end
            as campaign_type,
        case
            when campaigns.message_medium is not null
                then {{ iterable_medium('campaigns.message_medium') }}
        end as channel,
        'marketing' as purpose,
        case
            when lower(campaigns.type) = 'triggered' and lower(campaigns.campaign_state) = 'ready'
                then 'sent'
            else {{ map_values(clean_text('campaigns.campaign_state'), {
                'draft': 'draft',
                'ready': 'scheduled',
                'scheduled': 'scheduled',
                'starting': 'scheduled',
                'recurring': 'sent',
                'running': 'sent',
                'finished': 'sent',
            }, otherwise="'archived'") }}
        end as status,
        ---------- timestamps
        campaigns.start_at as starts_at,
        campaigns.ended_at as ends_at,
        campaigns.updated_at as recorded_at,
        ---------- metadata
        {{ landing_columns('campaigns') }},
        {{ reject_reason([
            (clean_id('campaigns.id') ~ ' is null', 'null key'),
            (is_bad_time('campaigns.updated_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('campaigns') }} as payload
    from campaigns
)

select * from final
