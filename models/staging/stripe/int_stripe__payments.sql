{# One row per accepted landed row of a charge, with the method that paid it, what was given back of
   it and whether the payer contests it. The charge, its refunds and its disputes are synced apart,
   so the larger of what the charge and its refunds say was given back. A part that lands later
   changes the payment: batch_id is the last batch that brought any. #}
with

stg_stripe__charges as (
    select * from {{ ref('stg_stripe__charges') }}
    where reject_reason is null
),

stg_stripe__payment_intents as (
    select * from {{ ref('stg_stripe__payment_intents') }}
),

stg_stripe__payment_methods as (
    select * from {{ ref('stg_stripe__payment_methods') }}
),

cards as (
    select
        payment_method_id,
        brand,
        wallet,
        recorded_at,
        batch_id,
        reject_reason
    from {{ ref('stg_stripe__payment_method_cards') }}
    union all
    select
        payment_method_id,
        brand,
        wallet,
        recorded_at,
        batch_id,
        reject_reason
    from {{ ref('stg_stripe__cards') }}
),

stg_stripe__refunds as (
    select * from {{ ref('stg_stripe__refunds') }}
),

stg_stripe__disputes as (
    select * from {{ ref('stg_stripe__disputes') }}
),

latest_intents as (
    {{ latest_version('stg_stripe__payment_intents', 'payment_intent_id', ['payment_method_id']) }}
),

latest_methods as (
    {{ latest_version('stg_stripe__payment_methods', 'payment_method_id', ['payment_method']) }}
),

latest_cards as (
    {{ latest_version('cards', 'payment_method_id', ['wallet', 'brand']) }}
),

latest_refunds as (
    {{ latest_version('stg_stripe__refunds', 'source_record_id',
        ['payment_id', 'amount', 'status', 'refunded_at']) }}
),

refunds as (
    select
        payment_id,
        sum(case when status = 'succeeded' then amount else 0 end) as amount,
        max(case when status = 'succeeded' then refunded_at end) as refunded_at,
        max(last_batch_id) as last_batch_id
    from latest_refunds
    group by payment_id
),

latest_disputes as (
    {{ latest_version('stg_stripe__disputes', 'payment_id',
        ['disputed_at', 'dispute_status', 'amount']) }}
),

versions as (
    select
        stg_stripe__charges.*,
        max(stg_stripe__charges.batch_id) over (
            partition by stg_stripe__charges.source_record_id
        ) as last_batch_id
    from stg_stripe__charges
),

completed as (
    select
        versions.*,
        coalesce(latest_intents.payment_method_id, versions.payment_method_id) as method_key,
        greatest(versions.amount_refunded, coalesce(refunds.amount, 0)) as total_refunded,
        refunds.refunded_at,
        latest_disputes.dispute_status,
        latest_disputes.amount as amount_disputed,
        latest_disputes.disputed_at,
        greatest(
            versions.last_batch_id,
            coalesce(latest_intents.last_batch_id, 0),
            coalesce(refunds.last_batch_id, 0),
            coalesce(latest_disputes.last_batch_id, 0)
        ) as parts_batch_id
    from versions
    left join latest_intents on versions.payment_intent_id = latest_intents.payment_intent_id
    left join refunds on versions.payment_id = refunds.payment_id
    left join latest_disputes on versions.payment_id = latest_disputes.payment_id
),

final as (
    select
        ---------- ids
        completed.source_name,
        completed.source_table,
        completed.source_record_id,
        completed.payment_id,
        completed.order_id,
        completed.customer_record_id,
        ---------- strings
        completed.email,
        completed.phone,
        coalesce(latest_methods.payment_method, completed.payment_method) as payment_method,
        coalesce(latest_cards.wallet, latest_cards.brand) as payment_brand,
        case
            when completed.amount > 0 and completed.total_refunded >= completed.amount
                then 'refunded'
            else completed.status
        end as status,
        completed.failure_reason,
        completed.dispute_status,
        completed.currency,
        ---------- numbers
        completed.amount,
        cast(completed.total_refunded as decimal(18, 2)) as amount_refunded,
        completed.amount_disputed,
        ---------- booleans
        completed.is_test,
        ---------- timestamps
        completed.paid_at,
        completed.refunded_at,
        completed.disputed_at,
        completed.recorded_at,
        ---------- metadata
        greatest(
            completed.parts_batch_id,
            coalesce(latest_methods.last_batch_id, 0),
            coalesce(latest_cards.last_batch_id, 0)
        ) as batch_id,
        completed.batch_id as first_batch_id,
        completed.landed_at,
        completed.landed_file,
        completed.landed_row,
        completed.reject_reason,
        completed.payload
    from completed
    left join latest_methods on completed.method_key = latest_methods.payment_method_id
    left join latest_cards on completed.method_key = latest_cards.payment_method_id
)

select * from final
