{# One row per accepted landed row of a user, with its organisation and the user that it was merged
   into. The desk keeps no note of a merge: it deletes the one user and gives all of its tickets to
   the other. So a deleted user whose tickets have all gone to one other user was merged into that
   one. #}
with

stg_zendesk__users as (
    select * from {{ ref('stg_zendesk__users') }}
    where reject_reason is null
),

stg_zendesk__tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
    where
        reject_reason is null
        and customer_record_id is not null
),

stg_zendesk__organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
),

latest_organizations as (
    {{ latest_version('stg_zendesk__organizations', 'organization_id', ['company']) }}
),

latest_tickets as (
    {{ latest_version('stg_zendesk__tickets', 'contact_id', ['customer_record_id']) }}
),

heirs as (
    select
        stg_zendesk__tickets.customer_record_id,
        count(distinct latest_tickets.customer_record_id) as heir_count,
        min(latest_tickets.customer_record_id) as heir_id,
        max(latest_tickets.last_batch_id) as last_batch_id
    from stg_zendesk__tickets
    inner join latest_tickets on stg_zendesk__tickets.contact_id = latest_tickets.contact_id
    group by stg_zendesk__tickets.customer_record_id
),

versions as (
    select
        stg_zendesk__users.*,
        max(stg_zendesk__users.batch_id) over (
            partition by stg_zendesk__users.source_record_id
        ) as last_batch_id
    from stg_zendesk__users
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.user_id,
        case
            when
                versions.is_deleted
                and heirs.heir_count = 1
                and heirs.heir_id <> versions.source_record_id
                then heirs.heir_id
        end as merged_into_record_id,
        ---------- strings
        versions.full_name,
        versions.email,
        versions.phone,
        versions.language,
        latest_organizations.company,
        versions.attributes,
        versions.rejected_values,
        ---------- booleans
        versions.is_email_verified,
        versions.is_deleted,
        versions.is_employee,
        ---------- timestamps
        versions.created_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(heirs.last_batch_id, 0),
            coalesce(latest_organizations.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join heirs on versions.source_record_id = heirs.customer_record_id
    left join latest_organizations
        on versions.organization_id = latest_organizations.organization_id
)

select * from final
