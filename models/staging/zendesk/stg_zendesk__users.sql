{# One row per landed row of zendesk.user: a person known to the service desk. The desk's own agents
   and administrators are marked as staff. What it was merged into stands nowhere on it;
   int_zendesk__customers finds out, and adds the organisation. #}
with

users as (
    select * from {{ source('zendesk', 'user') }}
),

final as (
    select
        ---------- ids
        'zendesk' as source_name,
        'zendesk.user' as source_table,
        cast(users.id as string) as source_record_id,
        {{ clean_text('users.external_id') }} as user_id,
        cast(users.organization_id as string) as organization_id,
        ---------- strings
        {{ normalize_name('users.name') }} as full_name,
        {{ normalize_email('users.email') }} as email,
        {{ normalize_phone('users.phone') }} as phone,
        {{ language_code('users.locale') }} as language,
        {{ json_object([
            ('time_zone', clean_text('users.time_zone')),
            ('suspended', 'cast(users.suspended as string)'),
            ('details', clean_text('users.details')),
        ]) }} as attributes,
        {{ rejected_values([
            ('full_name', 'users.name', normalize_name('users.name')),
            ('email', 'users.email', normalize_email('users.email')),
            ('phone', 'users.phone', normalize_phone('users.phone')),
        ]) }} as rejected_values,
        ---------- booleans
        case when {{ normalize_email('users.email') }} is not null then users.verified end
            as is_email_verified,
        not coalesce(users.active, true) as is_deleted,
        coalesce(lower(users.role) in ('agent', 'admin'), false) as is_employee,
        ---------- timestamps
        users.created_at,
        coalesce(users.updated_at, users.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('users') }},
        {{ reject_reason([
            ('users.id is null', 'null key'),
            (is_bad_time('users.created_at'), 'bad time'),
            (is_bad_time('coalesce(users.updated_at, users.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('users') }} as payload
    from users
)

select * from final
