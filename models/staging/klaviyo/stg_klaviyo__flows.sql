{# One row per landed row of klaviyo.flow, as a campaign: its messages name it where they name no
   campaign. One flow may send by several channels, so it has none of its own. #}
with

flows as (
    select * from {{ source('klaviyo', 'flow') }}
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.flow' as source_table,
        {{ clean_id('flows.id') }} as source_record_id,
        {{ clean_id('flows.id') }} as campaign_id,
        ---------- strings
        {{ clean_text('flows.name') }} as name,
        'flow' as campaign_type,
        'marketing' as purpose,
        case
            when coalesce(flows._fivetran_deleted, false) or coalesce(flows.archived, false)
                then 'archived'
            else {{ map_values(clean_text('flows.status'), {
                'live': 'sent',
                'manual': 'sent',
            }, otherwise="'draft'") }}
        end as status,
        ---------- timestamps
        coalesce(flows.updated, flows.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('flows') }},
        {{ reject_reason([
            (clean_id('flows.id') ~ ' is null', 'null key'),
            (is_bad_time('flows.created'), 'bad time'),
            (is_bad_time('coalesce(flows.updated, flows.created)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('flows') }} as payload
    from flows
)

select * from final
