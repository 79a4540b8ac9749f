{# One row per landed row of salesforce_loyalty.loyalty_program: its name. Feeds
   int_salesforce_loyalty__loyalty_events. #}
with

programs as (
    select * from {{ source('salesforce_loyalty', 'loyalty_program') }}
),

final as (
    select
        ---------- ids
        'salesforce_loyalty' as source_name,
        'salesforce_loyalty.loyalty_program' as source_table,
        {{ clean_id('programs.id') }} as source_record_id,
        {{ clean_id('programs.id') }} as program_id,

        ---------- strings
        {{ clean_text('programs.name') }} as programme,

        ---------- timestamps
        coalesce(programs.last_modified_date, programs.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('programs') }},
        {{ reject_reason([
            (clean_id('programs.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('programs') }} as payload
    from programs
)

select * from final
