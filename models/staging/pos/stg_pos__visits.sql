{# One row per landed shop visit. #}
with

visits as (
    select * from {{ source('pos', 'visits') }}
),

final as (
    select
        ---------- ids
        'pos' as source_name,
        'pos.visits' as source_table,
        {{ clean_id('visits.visit_id') }} as source_record_id,
        {{ clean_id('visits.visit_id') }} as visit_id,
        {{ clean_text('visits.loyalty_number') }} as loyalty_number,
        {{ clean_text('visits.store_id') }} as store_id,

        ---------- strings
        {{ snake_case(clean_text('visits.visit_type')) }} as visit_type,
        {{ clean_text('visits.notes') }} as notes,

        ---------- timestamps
        visits.visited_at,

        ---------- metadata
        visits.visited_at as recorded_at,
        {{ landing_columns('visits') }},
        {{ reject_reason([
            (clean_id('visits.visit_id') ~ ' is null', 'null key'),
            (is_bad_time('visits.visited_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('visits') }} as payload
    from visits
)

select * from final
