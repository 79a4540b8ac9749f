{# One row per landed row of salesforce_loyalty.loyalty_program_member: the card of a CRM
   contact. The contact is a record of the source salesforce, so the identifier is listed there. #}
with

members as (
    select * from {{ source('salesforce_loyalty', 'loyalty_program_member') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce_loyalty.loyalty_program_member' as source_table,
        'loyalty-member-' || {{ clean_id('members.id') }} as source_record_id,
        {{ clean_text('members.contact_id') }} as entity_record_id,

        ---------- strings
        'customers' as entity,
        'loyalty_number' as identifier_type,
        {{ clean_text('members.membership_number') }} as identifier_value,

        ---------- timestamps
        coalesce(members.enrollment_date, members.created_date) as observed_at,
        coalesce(members.last_modified_date, members.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('members') }},
        {{ reject_reason([
            (clean_id('members.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(members.last_modified_date, members.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('members') }} as payload
    from members
    where
        {{ clean_text('members.contact_id') }} is not null
        and {{ clean_text('members.membership_number') }} is not null
)

select * from final
