{# One row per accepted landed row of a ticket, with how the conversation went, how it was rated and
   the ticket that it was merged into: the survivor names the tickets that it has swallowed.
   Whatever lands later changes the case: batch_id is the last batch that brought any part. #}
with

stg_zendesk__tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
    where reject_reason is null
),

stg_zendesk__ticket_comments as (
    select * from {{ ref('stg_zendesk__ticket_comments') }}
),

stg_zendesk__satisfaction_ratings as (
    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
),

latest_comments as (
    {{ latest_version('stg_zendesk__ticket_comments', 'source_record_id',
        ['contact_id', 'user_record_id', 'is_public', 'commented_at']) }}
),

latest_tickets as (
    {{ latest_version('stg_zendesk__tickets', 'contact_id', ['customer_record_id']) }}
),

conversations as (
    select
        latest_comments.contact_id,
        sum(case when latest_comments.is_public then 1 else 0 end) as message_count,
        min(
            case
                when
                    latest_comments.is_public
                    and latest_comments.user_record_id <> latest_tickets.customer_record_id
                    then latest_comments.commented_at
            end
        ) as first_replied_at,
        max(latest_comments.last_batch_id) as last_batch_id
    from latest_comments
    inner join latest_tickets on latest_comments.contact_id = latest_tickets.contact_id
    group by latest_comments.contact_id
),

latest_ratings as (
    {{ latest_version('stg_zendesk__satisfaction_ratings', 'contact_id', ['score'],
        'score is not null') }}
),

ticket_merges as (
    select
        merged_ids.merged_contact_id,
        max(stg_zendesk__tickets.contact_id) as survivor_id,
        max(stg_zendesk__tickets.batch_id) as last_batch_id
    from stg_zendesk__tickets
    {{ unnest_list(
        split_text('stg_zendesk__tickets.merged_contact_ids', ','),
        'merged_ids',
        'merged_contact_id'
    ) }}
    group by merged_ids.merged_contact_id
),

versions as (
    select
        stg_zendesk__tickets.*,
        max(stg_zendesk__tickets.batch_id) over (
            partition by stg_zendesk__tickets.source_record_id
        ) as last_batch_id
    from stg_zendesk__tickets
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.contact_id,
        versions.customer_record_id,
        versions.order_id,
        versions.employee_id,
        ticket_merges.survivor_id as merged_into_record_id,
        ---------- strings
        versions.email,
        versions.phone,
        versions.channel,
        versions.direction,
        versions.reason,
        versions.priority,
        case
            when ticket_merges.survivor_id is not null then 'closed'
            else versions.status
        end as status,
        versions.subject,
        versions.description,
        ---------- numbers
        cast(conversations.message_count as bigint) as message_count,
        coalesce(latest_ratings.score, versions.satisfaction_score) as satisfaction_score,
        ---------- timestamps
        versions.opened_at,
        conversations.first_replied_at,
        case
            when ticket_merges.survivor_id is not null
                then coalesce(versions.closed_at, versions.recorded_at)
            else versions.closed_at
        end as closed_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(conversations.last_batch_id, 0),
            coalesce(latest_ratings.last_batch_id, 0),
            coalesce(ticket_merges.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join conversations on versions.contact_id = conversations.contact_id
    left join latest_ratings on versions.contact_id = latest_ratings.contact_id
    left join ticket_merges on versions.contact_id = ticket_merges.merged_contact_id
)

select * from final
