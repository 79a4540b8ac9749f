{# One row per landed row of salesforce.campaign: a mailing, a call
   campaign, an exhibition. #}
with

campaigns as (
    select * from {{ source('salesforce', 'campaign') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.campaign' as source_table,
        {{ clean_id('campaigns.id') }} as source_record_id,
        {{ clean_id('campaigns.id') }} as campaign_id,
        ---------- strings
        {{ clean_text('campaigns.name') }} as name,
        case
            when {{ salesforce_campaign_channel('campaigns.type') }} = 'event' then 'event'
            else 'campaign'
        end as campaign_type,
        {{ salesforce_campaign_channel('campaigns.type') }} as channel,
        'marketing' as purpose,
        case
            when coalesce(campaigns.is_deleted, false) then 'archived'
            else {{ map_values(clean_text('campaigns.status'), {
                'planned': 'scheduled',
                'in progress': 'sent',
                'completed': 'sent',
            }, otherwise="'archived'") }}
        end as status,
        ---------- timestamps
        cast(campaigns.start_date as timestamp) as starts_at,
        -- the last day is part of the campaign
        {{ add_time('cast(campaigns.end_date as timestamp)', 1, 'day') }} as ends_at,
        coalesce(campaigns.last_modified_date, campaigns.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('campaigns') }},
        {{ reject_reason([
            (clean_id('campaigns.id') ~ ' is null', 'null key'),
            (
                is_bad_time('coalesce(campaigns.last_modified_date, campaigns.created_date)'),
                'bad time'
            ),
        ]) }} as reject_reason,
        {{ row_as_json('campaigns') }} as payload
    from campaigns
)

select * from final
