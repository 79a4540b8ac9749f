{# One row per landed row of zendesk.organization: the company that users belong to. Feeds
   int_zendesk__customers. #}
with

organizations as (
    select * from {{ source('zendesk', 'organization') }}
),

final as (
    select
        ---------- ids
        'zendesk' as source_name,
        'zendesk.organization' as source_table,
        cast(organizations.id as string) as source_record_id,
        cast(organizations.id as string) as organization_id,
        ---------- strings
        {{ clean_text('organizations.name') }} as company,
        ---------- timestamps
        coalesce(organizations.updated_at, organizations.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('organizations') }},
        {{ reject_reason([('organizations.id is null', 'null key')]) }} as reject_reason,
        {{ row_as_json('organizations') }} as payload
    from organizations
)

select * from final
