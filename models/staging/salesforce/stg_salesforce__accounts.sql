{# One row per landed row of salesforce.account: a company that contacts
   work for. Feeds int_salesforce__contacts. #}
with

accounts as (
    select * from {{ source('salesforce', 'account') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.account' as source_table,
        {{ clean_id('accounts.id') }} as source_record_id,
        {{ clean_id('accounts.id') }} as account_id,
        ---------- strings
        -- the account of a person or a household is named after the person
        case
            when
                not coalesce(accounts.is_person_account, false)
                and coalesce(lower({{ clean_text('accounts.type') }}), '') <> 'household'
                then {{ clean_text('accounts.name') }}
        end as company,
        {{ clean_text('accounts.industry') }} as industry,
        ---------- timestamps
        coalesce(
            accounts.last_modified_date, accounts._fivetran_synced, accounts.created_date
        ) as recorded_at,
        ---------- metadata
        {{ landing_columns('accounts') }},
        {{ reject_reason([
            (clean_id('accounts.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('accounts') }} as payload
    from accounts
)

select * from final
