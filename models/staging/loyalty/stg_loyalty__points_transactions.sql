{# One row per landed movement of points. #}
with

points_transactions as (
    select * from {{ source('loyalty', 'points_transactions') }}
),

final as (
    select
        ---------- ids
        'loyalty' as source_name,
        'loyalty.points_transactions' as source_table,
        {{ clean_id('points_transactions.transaction_id') }} as source_record_id,
        {{ clean_id('points_transactions.transaction_id') }} as event_id,
        {{ clean_text('points_transactions.loyalty_number') }} as loyalty_number,
        {{ clean_text('points_transactions.order_id') }} as order_id,
        {{ clean_text('points_transactions.line_id') }} as line_id,

        ---------- strings
        {{ clean_text('points_transactions.programme') }} as programme,
        {{ clean_text('points_transactions.points_currency') }} as points_currency,
        {{ map_values(clean_text('points_transactions.transaction_type'), {
            'enrol': 'enrol',
            'enroll': 'enrol',
            'earn': 'earn',
            'accrual': 'earn',
            'bonus': 'earn',
            'burn': 'burn',
            'redeem': 'burn',
            'redemption': 'burn',
            'adjust': 'adjust',
            'adjustment': 'adjust',
            'expire': 'expire',
            'expiry': 'expire',
            'reverse': 'reverse',
            'reversal': 'reverse',
        }) }} as event_type,
        {{ map_values(clean_text('points_transactions.status'), {
            'approved': 'approved',
            'available': 'approved',
            'pending': 'pending',
            'escrow': 'pending',
            'cancelled': 'cancelled',
            'void': 'cancelled',
        }) }} as status,
        {{ clean_text('points_transactions.reason') }} as reason,

        ---------- numbers
        points_transactions.points,

        ---------- timestamps
        points_transactions.occurred_at,
        points_transactions.available_at,
        points_transactions.expires_at,

        ---------- metadata
        points_transactions.occurred_at as recorded_at,
        {{ landing_columns('points_transactions') }},
        {{ reject_reason([
            (clean_id('points_transactions.transaction_id') ~ ' is null', 'null key'),
            (is_bad_time('points_transactions.occurred_at'), 'bad time'),
            ('points_transactions.points is null', 'no points'),
        ]) }} as reject_reason,
        {{ row_as_json('points_transactions') }} as payload
    from points_transactions
)

select * from final
