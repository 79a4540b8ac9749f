{# One row per landed row of salesforce_loyalty.loyalty_program_member: a member as a
   person record, which knows the card and nothing of the person: that stands on the CRM contact. #}
with

members as (
    select * from {{ source('salesforce_loyalty', 'loyalty_program_member') }}
),

final as (
    select
        ---------- ids
        'salesforce_loyalty' as source_name,
        'salesforce_loyalty.loyalty_program_member' as source_table,
        {{ clean_id('members.id') }} as source_record_id,
        {{ clean_text('members.membership_number') }} as loyalty_number,
        {{ clean_text('members.program_id') }} as program_id,

        ---------- strings
        {{ json_object([
            ('member_status', clean_text('members.member_status')),
            ('member_type', clean_text('members.member_type')),
            ('enrollment_channel', clean_text('members.enrollment_channel')),
            ('contact_id', clean_text('members.contact_id')),
        ]) }} as attributes,

        ---------- booleans
        coalesce(members.is_deleted, false) as is_deleted,

        ---------- timestamps
        coalesce(members.enrollment_date, members.created_date) as created_at,
        coalesce(members.last_modified_date, members.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('members') }},
        {{ reject_reason([
            (clean_id('members.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(members.last_modified_date, members.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('members') }} as payload
    from members
)

select * from final
