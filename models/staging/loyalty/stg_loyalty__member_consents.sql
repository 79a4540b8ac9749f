{# One row per landed row of a member that says whether marketing is wanted, as the consent act
   behind it.

   The programme keeps the state, not the act: a yes dates from enrolment (a later change of address
   is no new yes), a no from the last change of the record. #}
with

members as (
    select * from {{ source('loyalty', 'members') }}
    where marketing_opt_in is not null
),

final as (
    select
        ---------- ids
        'loyalty' as source_name,
        'loyalty.members' as source_table,
        {{ clean_id('members.loyalty_number') }} || '-marketing' as source_record_id,
        {{ clean_id('members.loyalty_number') }} as customer_record_id,

        ---------- strings
        'all' as channel,
        'marketing' as purpose,
        case when members.marketing_opt_in then 'granted' else 'withdrawn' end as status,
        'consent' as legal_basis,
        'loyalty programme' as capture_source,

        ---------- timestamps
        case
            when members.marketing_opt_in
                then coalesce({{ known_time('members.enrolled_at') }}, members.updated_at)
            else coalesce(members.updated_at, members.enrolled_at)
        end as captured_at,

        ---------- metadata
        coalesce(members.updated_at, members.enrolled_at) as recorded_at,
        {{ landing_columns('members') }},
        {{ reject_reason([
            (clean_id('members.loyalty_number') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(members.updated_at, members.enrolled_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('members') }} as payload
    from members
)

select * from final
