{# One row per landed event that says who somebody is (the user context with an e-mail address), as
   a person record. A login is one person. A guest is the browser together with the address given,
   so that two people who type their addresses into one browser stay two records. #}
with

events as (
    select * from {{ source('snowplow', 'events') }}
),

read_contexts as (
    select
        {{ clean_id('events.event_id') }} as event_id,
        coalesce(
            {{ clean_text('events.user_id') }},
            {{ snowplow_text(
                'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_user', 'id'
            ) }}
        ) as user_id,
        {{ clean_id('events.domain_userid') }} as anonymous_id,
        {{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_user', 'email'
        ) }}
            as shop_email,
        coalesce(lower({{ snowplow_text(
            'events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_user', 'is_guest'
        ) }}) = 'true', false) as is_guest,
        coalesce(events.derived_tstamp, events.dvce_created_tstamp, events.collector_tstamp)
            as seen_at,
        coalesce(events.load_tstamp, events.collector_tstamp) as recorded_at,
        {{ landing_columns('events') }},
        {{ row_as_json('events') }} as payload
    from events
    where
        {{ snowplow_json('events', 'contexts_com_snowplowanalytics_snowplow_ecommerce_user') }}
        is not null
),

normalised as (
    select
        read_contexts.*,
        {{ normalize_email('read_contexts.shop_email') }} as email,
        -- a guest has no account, whatever id the shop gives the visit
        case when not read_contexts.is_guest then read_contexts.user_id end as account_id
    from read_contexts
),

final as (
    select
        ---------- ids
        'snowplow' as source_name,
        'snowplow.events' as source_table,
        case
            when account_id is not null then 'user-' || account_id
            else
                'anonymous-' || coalesce(anonymous_id, '') || '-'
                || left({{ sha256_hex('email') }}, 16)
        end as source_record_id,
        account_id as user_id,

        ---------- strings
        email,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([
            ('event_id is null', 'null key'),
            (is_bad_time('seen_at'), 'bad time'),
        ]) }} as reject_reason,
        payload
    from normalised
    where email is not null
)

select * from final
