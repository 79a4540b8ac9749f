{# One row per landed row of salesforce_loyalty.loyalty_ledger: a movement of points,
   by the id of the member. Feeds int_salesforce_loyalty__loyalty_events. #}
with

ledger as (
    select * from {{ source('salesforce_loyalty', 'loyalty_ledger') }}
),

final as (
    select
        ---------- ids
        'salesforce_loyalty' as source_name,
        'salesforce_loyalty.loyalty_ledger' as source_table,
        {{ clean_id('ledger.id') }} as source_record_id,
        {{ clean_id('ledger.id') }} as event_id,
        {{ clean_id('ledger.loyalty_program_member_id') }} as member_id,
        {{ clean_text('ledger.loyalty_program_currency_id') }} as currency_id,
        {{ clean_text('ledger.transaction_journal_id') }} as journal_id,

        ---------- strings
        {{ map_values(clean_text('ledger.event_type'), {
            'credit': 'earn',
            'debit': 'burn',
            'expiry': 'expire',
            'transfer': 'adjust',
        }) }} as event_type,
        -- points in escrow are the member's once their day has come
        case
            when coalesce(ledger.is_deleted, false) then 'cancelled'
            when {{ known_time('ledger.escrow_points_credit_date') }} is not null then 'pending'
            else 'approved'
        end as status,
        coalesce(
            {{ clean_text('ledger.additional_notes') }},
            lower({{ clean_text('ledger.event_type') }})
        ) as reason,

        ---------- numbers
        -- the type tells plus from minus, whatever sign the points have
        cast(round(case
            when lower(ledger.event_type) = 'credit' then abs(ledger.points)
            when lower(ledger.event_type) in ('debit', 'expiry') then -abs(ledger.points)
            else ledger.points
        end) as bigint) as points,

        ---------- timestamps
        ledger.activity_date as occurred_at,
        cast(ledger.escrow_points_credit_date as timestamp) as available_at,
        cast(ledger.expiry_date as timestamp) as expires_at,
        coalesce(ledger.last_modified_date, ledger.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('ledger') }},
        {{ reject_reason([
            (clean_id('ledger.id') ~ ' is null', 'null key'),
            (clean_id('ledger.loyalty_program_member_id') ~ ' is null', 'null key'),
            (is_bad_time('ledger.activity_date'), 'bad time'),
            ('ledger.points is null', 'no points'),
        ]) }} as reject_reason,
        {{ row_as_json('ledger') }} as payload
    from ledger
)

select * from final
