{# One row per target of a campaign, with the customer that the identity map gives it now. #}
with

harmonized_campaign_targets as (
    select * from {{ ref('harmonized_campaign_targets') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'campaign_targets'
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_campaign_targets.source_name,
        harmonized_campaign_targets.source_table,
        harmonized_campaign_targets.source_record_id,
        harmonized_campaign_targets.campaign_id,
        harmonized_campaign_targets.customer_record_id,
        harmonized_campaign_targets.contact_point,
        harmonized_campaign_targets.targeted_at,
        harmonized_campaign_targets.recorded_at,
        harmonized_campaign_targets.landed_at,
        harmonized_campaign_targets.batch_id
    from harmonized_campaign_targets
    left join identity_source_records
        on
            harmonized_campaign_targets.source_name = identity_source_records.source_name
            and harmonized_campaign_targets.source_record_id
            = identity_source_records.source_record_id
    where harmonized_campaign_targets.targeted_at <= {{ as_of() }}
)

select * from final
