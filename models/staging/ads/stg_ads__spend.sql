{# One row per landed platform, campaign and day of advertising cost. Platforms restate past days:
   the latest landing of a day counts. #}
with

spend as (
    select * from {{ source('ads', 'spend') }}
),

identified as (
    select
        spend.*,
        {{ row_as_json('spend') }} as payload,
        lower({{ clean_id('spend.platform') }}) as clean_platform,
        {{ clean_id('spend.campaign') }} as clean_campaign
    from spend
),

final as (
    select
        ---------- ids
        'ads' as source_name,
        'ads.spend' as source_table,
        identified.clean_platform || '|' || identified.clean_campaign || '|'
        || cast(identified.spend_date as string)
            as source_record_id,

        ---------- strings
        identified.clean_platform as platform,
        identified.clean_campaign as campaign,
        upper({{ clean_text('identified.currency') }}) as currency,

        ---------- numbers
        cast(identified.cost as decimal(18, 2)) as cost,
        identified.impressions,
        identified.clicks,

        ---------- dates
        identified.spend_date,

        ---------- metadata
        -- a restated day carries no version, so the last landing is the last word
        identified._landed_at as recorded_at,
        {{ landing_columns('identified') }},
        {{ reject_reason([
            ('identified.clean_platform is null or identified.clean_campaign is null', 'null key'),
            (is_bad_time('cast(identified.spend_date as timestamp)'), 'bad time'),
        ]) }} as reject_reason,
        identified.payload
    from identified
)

select * from final
