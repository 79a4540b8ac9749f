{# One row per thing that an individual has ever opted out of, for each contact and lead that stands
   for it. The boxes are all withdrawals: one that is empty again is no opt-in, and so takes nothing
   back. #}
{%- set boxes = {
    'has_opted_out_solicit': 'marketing',
    'has_opted_out_profiling': 'profiling',
    'has_opted_out_processing': 'all',
} %}
with

stg_salesforce__individuals as (
    select * from {{ ref('stg_salesforce__individuals') }}
    where reject_reason is null
),

persons as (
    select
        source_record_id,
        individual_id,
        batch_id
    from {{ ref('stg_salesforce__contacts') }}
    where
        reject_reason is null
        and individual_id is not null
    union all
    select
        source_record_id,
        individual_id,
        batch_id
    from {{ ref('stg_salesforce__leads') }}
    where
        reject_reason is null
        and individual_id is not null
),

individual_persons as (
    select
        individual_id,
        source_record_id,
        max(batch_id) as last_batch_id,
        min(batch_id) as first_batch_id
    from persons
    group by
        individual_id,
        source_record_id
),

opt_outs as (
    {%- for box, purpose in boxes.items() %}
    select
        stg_salesforce__individuals.*,
        '{{ purpose }}' as purpose,
        max(stg_salesforce__individuals.batch_id) over (
            partition by stg_salesforce__individuals.individual_id
        ) as last_batch_id
    from stg_salesforce__individuals
    where stg_salesforce__individuals.{{ box }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        ---------- ids
        opt_outs.source_name,
        opt_outs.source_table,
        'individual-' || opt_outs.individual_id || '-' || individual_persons.source_record_id
        || '-' || opt_outs.purpose
            as source_record_id,
        individual_persons.source_record_id as customer_record_id,
        ---------- strings
        'all' as channel,
        opt_outs.purpose,
        'withdrawn' as status,
        'consent' as legal_basis,
        'CRM individual' as capture_source,
        ---------- timestamps
        opt_outs.recorded_at as captured_at,
        opt_outs.recorded_at,
        ---------- metadata
        greatest(opt_outs.last_batch_id, individual_persons.last_batch_id) as batch_id,
        greatest(opt_outs.batch_id, individual_persons.first_batch_id) as first_batch_id,
        opt_outs.landed_at,
        opt_outs.landed_file,
        opt_outs.landed_row,
        opt_outs.reject_reason,
        opt_outs.payload
    from opt_outs
    inner join individual_persons on opt_outs.individual_id = individual_persons.individual_id
)

select * from final
