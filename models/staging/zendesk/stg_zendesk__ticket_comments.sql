{# One row per landed row of zendesk.ticket_comment. Feeds int_zendesk__service_contacts. #}
with

ticket_comments as (
    select * from {{ source('zendesk', 'ticket_comment') }}
),

final as (
    select
        ---------- ids
        'zendesk' as source_name,
        'zendesk.ticket_comment' as source_table,
        cast(ticket_comments.id as string) as source_record_id,
        cast(ticket_comments.ticket_id as string) as contact_id,
        cast(ticket_comments.user_id as string) as user_record_id,
        ---------- booleans
        coalesce(ticket_comments.public, true) as is_public,
        ---------- timestamps
        ticket_comments.created as commented_at,
        coalesce(ticket_comments._fivetran_synced, ticket_comments.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('ticket_comments') }},
        {{ reject_reason([
            ('ticket_comments.id is null or ticket_comments.ticket_id is null', 'null key'),
            (is_bad_time('ticket_comments.created'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('ticket_comments') }} as payload
    from ticket_comments
)

select * from final
