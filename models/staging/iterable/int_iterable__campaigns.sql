{# One row per accepted landed state of a campaign, with the labels that it has had since its labels
   last changed. A label that lands later changes the campaign: batch_id is the last batch that
   brought any part. #}
with

stg_iterable__campaigns as (
    select * from {{ ref('stg_iterable__campaigns') }}
    where reject_reason is null
),

stg_iterable__campaign_labels as (
    select * from {{ ref('stg_iterable__campaign_labels') }}
    where reject_reason is null
),

ranked_labels as (
    select
        campaign_id,
        label,
        max(batch_id) over (partition by campaign_id) as last_batch_id,
        rank() over (partition by campaign_id order by recorded_at desc) as change_rank
    from stg_iterable__campaign_labels
),

campaign_labels as (
    select
        campaign_id,
        {{ list_to_text(sorted_distinct_list('label'), ',') }} as tags,
        max(last_batch_id) as last_batch_id
    from ranked_labels
    where change_rank = 1
    group by campaign_id
),

versions as (
    select
        stg_iterable__campaigns.*,
        max(stg_iterable__campaigns.batch_id) over (
            partition by stg_iterable__campaigns.source_record_id
        ) as last_batch_id
    from stg_iterable__campaigns
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.campaign_id,
        ---------- strings
        versions.name,
        versions.campaign_type,
        versions.channel,
        versions.purpose,
        campaign_labels.tags,
        versions.status,
        ---------- timestamps
        versions.starts_at,
        versions.ends_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id, coalesce(campaign_labels.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join campaign_labels on versions.campaign_id = campaign_labels.campaign_id
)

select * from final
