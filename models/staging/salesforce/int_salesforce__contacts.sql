{# One row per accepted landed row of a contact, with the company that it works for and what its
   individual knows of the person. A part that lands later changes the contact: batch_id is the last
   batch that brought any. #}
with

stg_salesforce__contacts as (
    select * from {{ ref('stg_salesforce__contacts') }}
    where reject_reason is null
),

stg_salesforce__accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
),

stg_salesforce__individuals as (
    select * from {{ ref('stg_salesforce__individuals') }}
),

latest_accounts as (
    {{ latest_version('stg_salesforce__accounts', 'account_id', ['company', 'industry']) }}
),

latest_individuals as (
    {{ latest_version('stg_salesforce__individuals', 'individual_id',
        ['occupation', 'children_count', 'birth_date', 'death_date']) }}
),

versions as (
    select
        stg_salesforce__contacts.*,
        max(stg_salesforce__contacts.batch_id) over (
            partition by stg_salesforce__contacts.source_record_id
        ) as last_batch_id
    from stg_salesforce__contacts
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.merged_into_record_id,
        versions.loyalty_number,
        ---------- strings
        versions.given_name,
        versions.family_name,
        versions.full_name,
        versions.gender,
        versions.email,
        versions.phone,
        versions.address_line,
        versions.postal_code,
        versions.city,
        versions.region,
        versions.country_code,
        versions.language,
        latest_individuals.occupation,
        latest_accounts.company,
        versions.job_title,
        latest_accounts.industry,
        versions.marital_status,
        versions.interests,
        versions.social_handles,
        {{ json_object([
            ('lead_source', 'versions.lead_source'),
            ('department', 'versions.department'),
            ('children_count', 'cast(latest_individuals.children_count as string)'),
            ('death_date', 'cast(latest_individuals.death_date as string)'),
        ]) }} as attributes,
        versions.rejected_values,
        ---------- numbers
        versions.household_size,
        ---------- booleans
        versions.is_deleted,
        latest_individuals.death_date is not null as is_deceased,
        ---------- dates
        coalesce(versions.birth_date, latest_individuals.birth_date) as birth_date,
        ---------- timestamps
        versions.created_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(latest_accounts.last_batch_id, 0),
            coalesce(latest_individuals.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join latest_accounts on versions.account_id = latest_accounts.account_id
    left join latest_individuals on versions.individual_id = latest_individuals.individual_id
)

select * from final
