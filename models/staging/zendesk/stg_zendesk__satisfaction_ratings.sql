{# One row per landed row of zendesk.satisfaction_rating: asked for, and perhaps answered. Feeds
   int_zendesk__surveys and int_zendesk__service_contacts. #}
with

satisfaction_ratings as (
    select * from {{ source('zendesk', 'satisfaction_rating') }}
),

final as (
    select
        ---------- ids
        'zendesk' as source_name,
        'zendesk.satisfaction_rating' as source_table,
        cast(satisfaction_ratings.id as string) as source_record_id,
        cast(satisfaction_ratings.ticket_id as string) as contact_id,
        cast(satisfaction_ratings.requester_id as string) as customer_record_id,
        ---------- strings
        coalesce(
            {{ clean_text('satisfaction_ratings.comment') }},
            {{ clean_text('satisfaction_ratings.reason') }}
        ) as comment_text,
        ---------- numbers
        {{ zendesk_score('satisfaction_ratings.score') }} as score,
        ---------- timestamps
        coalesce(satisfaction_ratings.updated_at, satisfaction_ratings.created_at) as answered_at,
        coalesce(satisfaction_ratings.updated_at, satisfaction_ratings.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('satisfaction_ratings') }},
        {{ reject_reason([
            (
                'satisfaction_ratings.id is null or satisfaction_ratings.ticket_id is null',
                'null key'
            ),
            (
                is_bad_time('coalesce(satisfaction_ratings.updated_at, '
                    ~ 'satisfaction_ratings.created_at)'),
                'bad time'
            ),
        ]) }} as reject_reason,
        {{ row_as_json('satisfaction_ratings') }} as payload
    from satisfaction_ratings
)

select * from final
