{# One row per landed row of salesforce.campaign_member: a contact or lead
   that a campaign is meant for. One taken off it stays, of nobody. #}
with

campaign_members as (
    select * from {{ source('salesforce', 'campaign_member') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.campaign_member' as source_table,
        {{ clean_id('campaign_members.id') }} as source_record_id,
        {{ clean_id('campaign_members.campaign_id') }} as campaign_id,
        case
            when not coalesce(campaign_members.is_deleted, false)
                then
                    {{ salesforce_person(
                        'coalesce(campaign_members.contact_id, campaign_members.lead_id)'
                    ) }}
        end as customer_record_id,
        ---------- strings
        case
            when not coalesce(campaign_members.is_deleted, false)
                then
                    coalesce(
                        {{ normalize_email('campaign_members.email') }},
                        {{ normalize_phone('campaign_members.mobile_phone') }},
                        {{ normalize_phone('campaign_members.phone') }}
                    )
        end as contact_point,
        case
            when coalesce(campaign_members.is_deleted, false) then 'deleted'
            else {{ snake_case(clean_text('campaign_members.status')) }}
        end as status,
        ---------- timestamps
        campaign_members.created_date as targeted_at,
        cast(campaign_members.first_responded_date as timestamp) as responded_at,
        coalesce(campaign_members.last_modified_date, campaign_members.created_date)
            as recorded_at,
        ---------- metadata
        {{ landing_columns('campaign_members') }},
        {{ reject_reason([
            (clean_id('campaign_members.id') ~ ' is null', 'null key'),
            (clean_id('campaign_members.campaign_id') ~ ' is null', 'null key'),
            (is_bad_time('campaign_members.created_date'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('campaign_members') }} as payload
    from campaign_members
)

select * from final
