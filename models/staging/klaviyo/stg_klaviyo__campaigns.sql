{# One row per landed row of klaviyo.campaign. #}
with

campaigns as (
    select * from {{ source('klaviyo', 'campaign') }}
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.campaign' as source_table,
        {{ clean_id('campaigns.id') }} as source_record_id,
        {{ clean_id('campaigns.id') }} as campaign_id,
        ---------- strings
        {{ clean_text('campaigns.name') }} as name,
        'campaign' as campaign_type,
        case
            when {{ regex_matches('lower(campaigns.campaign_type)', 'sms') }} then 'sms'
            when {{ regex_matches('lower(campaigns.campaign_type)', 'push') }} then 'push'
            else 'email'
        end as channel,
        case
            when lower(trim(campaigns.property_purpose)) = 'transactional' then 'transactional'
            else 'marketing'
        end as purpose,
        -- a list, with or without the brackets and quotes of JSON
        nullif(
            {{ regex_replace(
                'cast(campaigns.property_product_ids as string)', '[^0-9A-Za-z_,-]+', ''
            ) }},
            ''
        ) as product_ids,
        case
            when coalesce(campaigns._fivetran_deleted, false) then 'archived'
            else {{ map_values('trim(campaigns.status)', {
                'draft': 'draft',
                'adding recipients': 'scheduled',
                'queued': 'scheduled',
                'queued without recipients': 'scheduled',
                'scheduled': 'scheduled',
                'sending': 'sent',
                'sent': 'sent',
                'variations sent': 'sent',
            }, otherwise="'archived'") }}
        end as status,
        ---------- numbers
        campaigns.property_priority as priority,
        ---------- timestamps
        coalesce(campaigns.sent_at, campaigns.send_time) as starts_at,
        coalesce(campaigns.updated, campaigns.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('campaigns') }},
        {{ reject_reason([
            (clean_id('campaigns.id') ~ ' is null', 'null key'),
            (is_bad_time('campaigns.created'), 'bad time'),
            (is_bad_time('coalesce(campaigns.updated, campaigns.created)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('campaigns') }} as payload
    from campaigns
)

select * from final
