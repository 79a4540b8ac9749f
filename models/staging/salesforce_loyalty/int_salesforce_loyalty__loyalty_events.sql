{# One row per accepted landed row of the ledger whose member has landed, with the card of the
   member, the names of the points and of the programme, and the order behind it. #}
with

stg_salesforce_loyalty__ledger as (
    select * from {{ ref('stg_salesforce_loyalty__ledger') }}
    where reject_reason is null
),

stg_salesforce_loyalty__members as (
    select * from {{ ref('stg_salesforce_loyalty__members') }}
),

stg_salesforce_loyalty__programs as (
    select * from {{ ref('stg_salesforce_loyalty__programs') }}
),

stg_salesforce_loyalty__currencies as (
    select * from {{ ref('stg_salesforce_loyalty__currencies') }}
),

stg_salesforce_loyalty__journals as (
    select * from {{ ref('stg_salesforce_loyalty__journals') }}
),

latest_members as (
    {{ latest_version('stg_salesforce_loyalty__members', 'source_record_id',
        ['loyalty_number', 'program_id']) }}
),

latest_programs as (
    {{ latest_version('stg_salesforce_loyalty__programs', 'program_id', ['programme']) }}
),

latest_currencies as (
    {{ latest_version('stg_salesforce_loyalty__currencies', 'currency_id', ['points_currency']) }}
),

latest_journals as (
    {{ latest_version('stg_salesforce_loyalty__journals', 'journal_id', ['order_id']) }}
),

versions as (
    select
        stg_salesforce_loyalty__ledger.*,
        max(stg_salesforce_loyalty__ledger.batch_id) over (
            partition by stg_salesforce_loyalty__ledger.source_record_id
        ) as last_batch_id
    from stg_salesforce_loyalty__ledger
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.event_id,
        latest_members.loyalty_number,
        latest_journals.order_id,

        ---------- strings
        latest_programs.programme,
        latest_currencies.points_currency,
        versions.event_type,
        versions.status,
        versions.reason,

        ---------- numbers
        versions.points,

        ---------- timestamps
        versions.occurred_at,
        versions.available_at,
        versions.expires_at,
        versions.recorded_at,

        ---------- metadata
        greatest(
            versions.last_batch_id,
            latest_members.last_batch_id,
            coalesce(latest_programs.last_batch_id, 0),
            coalesce(latest_currencies.last_batch_id, 0),
            coalesce(latest_journals.last_batch_id, 0)
        ) as batch_id,
        greatest(versions.batch_id, latest_members.first_batch_id) as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    inner join latest_members on versions.member_id = latest_members.source_record_id
    left join latest_programs on latest_members.program_id = latest_programs.program_id
    left join latest_currencies on versions.currency_id = latest_currencies.currency_id
    left join latest_journals on versions.journal_id = latest_journals.journal_id
)

select * from final
