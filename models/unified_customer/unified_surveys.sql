{# One row per answer to a survey, with the customer that the identity map gives it now. #}
with

harmonized_surveys as (
    select * from {{ ref('harmonized_surveys') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'surveys'
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_surveys.source_name,
        harmonized_surveys.source_table,
        harmonized_surveys.source_record_id,
        harmonized_surveys.response_id,
        harmonized_surveys.customer_record_id,
        harmonized_surveys.email,
        harmonized_surveys.loyalty_number,
        harmonized_surveys.order_id,
        harmonized_surveys.product_id,
        harmonized_surveys.survey_type,
        harmonized_surveys.score,
        harmonized_surveys.scale_min,
        harmonized_surveys.scale_max,
        harmonized_surveys.comment_text,
        harmonized_surveys.answered_at,
        harmonized_surveys.recorded_at,
        harmonized_surveys.landed_at,
        harmonized_surveys.batch_id
    from harmonized_surveys
    left join identity_source_records
        on
            harmonized_surveys.source_name = identity_source_records.source_name
            and harmonized_surveys.source_record_id = identity_source_records.source_record_id
    where harmonized_surveys.answered_at <= {{ as_of() }}
)

select * from final
