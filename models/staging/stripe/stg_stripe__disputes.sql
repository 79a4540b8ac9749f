{# One row per landed row of stripe.dispute: the payer
   contests a charge at the bank. Feeds int_stripe__payments. #}
with

disputes as (
    select * from {{ source('stripe', 'dispute') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.dispute' as source_table,
        {{ clean_id('disputes.id') }} as source_record_id,
        {{ clean_id('disputes.charge_id') }} as payment_id,
        ---------- strings
        -- an inquiry that is closed took no money
        {{ map_values(clean_text('disputes.status'), {
            'won': 'won',
            'warning_closed': 'won',
            'lost': 'lost',
        }, otherwise="'open'") }} as dispute_status,
        ---------- numbers
        {{ minor_to_major('disputes.amount', 'disputes.currency') }} as amount,
        ---------- timestamps
        disputes.created as disputed_at,
        coalesce(disputes._fivetran_synced, disputes.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('disputes') }},
        {{ reject_reason([
            (clean_id('disputes.id') ~ ' is null', 'null key'),
            (clean_id('disputes.charge_id') ~ ' is null', 'null key'),
            (is_bad_time('disputes.created'), 'bad time'),
            ('disputes.amount is null', 'no amount'),
            (clean_text('disputes.currency') ~ ' is null', 'no currency'),
        ]) }} as reject_reason,
        {{ row_as_json('disputes') }} as payload
    from disputes
)

select * from final
