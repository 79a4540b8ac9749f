{# One row per landed row of smile.points_transaction: a movement of points.
   The kind is not told but read: from the description, from a note of the staff, from the sign. #}
with

points_transactions as (
    select * from {{ source('smile', 'points_transaction') }}
),

final as (
    select
        ---------- ids
        'smile' as source_name,
        'smile.points_transaction' as source_table,
        cast(points_transactions.id as string) as source_record_id,
        cast(points_transactions.id as string) as event_id,
        cast(points_transactions.customer_id as string) as loyalty_number,

        ---------- strings
        'smile' as programme,
        'points' as points_currency,
        case
            when {{ regex_matches('lower(points_transactions.description)', 'expir') }}
                then 'expire'
            when
                {{ regex_matches(
                    'lower(points_transactions.description)', 'refund|cancel|revok|revers'
                ) }}
                then 'reverse'
            when
                points_transactions.internal_note is not null
                or {{ regex_matches(
                    'lower(points_transactions.description)', 'correct|adjust|import|manual'
                ) }}
                then 'adjust'
            when points_transactions.points_change < 0 then 'burn'
            else 'earn'
        end as event_type,
        'approved' as status,
        coalesce(
            {{ clean_text('points_transactions.description') }},
            {{ clean_text('points_transactions.internal_note') }}
        ) as reason,

        ---------- numbers
        points_transactions.points_change as points,

        ---------- timestamps
        points_transactions.created_at as occurred_at,
        coalesce(points_transactions.updated_at, points_transactions.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('points_transactions') }},
        {{ reject_reason([
            ('points_transactions.id is null', 'null key'),
            ('points_transactions.customer_id is null', 'null key'),
            (is_bad_time('points_transactions.created_at'), 'bad time'),
            ('points_transactions.points_change is null', 'no points'),
        ]) }} as reject_reason,
        {{ row_as_json('points_transactions') }} as payload
    from points_transactions
)

select * from final
