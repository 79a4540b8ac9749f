{# One row per landed row of stripe.refund. The charge carries what was given back of it, so a
   refund is no payment of its own (it would count twice); int_stripe__payments dates the charge by
   it. #}
with

refunds as (
    select * from {{ source('stripe', 'refund') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.refund' as source_table,
        {{ clean_id('refunds.id') }} as source_record_id,
        {{ clean_id('refunds.id') }} as refund_id,
        {{ clean_text('refunds.charge_id') }} as payment_id,
        ---------- strings
        lower({{ clean_text('refunds.reason') }}) as reason,
        lower({{ clean_text('refunds.status') }}) as status,
        upper({{ clean_text('refunds.currency') }}) as currency,
        ---------- numbers
        {{ minor_to_major('refunds.amount', 'refunds.currency') }} as amount,
        ---------- timestamps
        refunds.created as refunded_at,
        coalesce(refunds._fivetran_synced, refunds.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('refunds') }},
        {{ reject_reason([
            (clean_id('refunds.id') ~ ' is null', 'null key'),
            (is_bad_time('refunds.created'), 'bad time'),
            ('refunds.amount is null', 'no amount'),
            (clean_text('refunds.currency') ~ ' is null', 'no currency'),
        ]) }} as reject_reason,
        {{ row_as_json('refunds') }} as payload
    from refunds
)

select * from final
