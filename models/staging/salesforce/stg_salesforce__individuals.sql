{# One row per landed row of salesforce.individual: what the person
   behind contacts and leads allows. Feeds int_salesforce__contacts and
   int_salesforce__individual_consents. #}
with

individuals as (
    select * from {{ source('salesforce', 'individual') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.individual' as source_table,
        {{ clean_id('individuals.id') }} as source_record_id,
        {{ clean_id('individuals.id') }} as individual_id,
        ---------- strings
        {{ clean_text('individuals.occupation') }} as occupation,
        ---------- numbers
        individuals.children_count,
        ---------- booleans
        coalesce(individuals.has_opted_out_solicit, false) as has_opted_out_solicit,
        coalesce(individuals.has_opted_out_profiling, false)
        or coalesce(individuals.has_opted_out_tracking, false) as has_opted_out_profiling,
        coalesce(individuals.has_opted_out_processing, false)
        or coalesce(individuals.should_forget, false) as has_opted_out_processing,
        ---------- dates
        individuals.birth_date,
        {{ known_time('individuals.death_date') }} as death_date,
        ---------- timestamps
        coalesce(individuals.last_modified_date, individuals.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('individuals') }},
        {{ reject_reason([
            (clean_id('individuals.id') ~ ' is null', 'null key'),
            (
                is_bad_time('coalesce(individuals.last_modified_date, individuals.created_date)'),
                'bad time'
            ),
        ]) }} as reject_reason,
        {{ row_as_json('individuals') }} as payload
    from individuals
)

select * from final
