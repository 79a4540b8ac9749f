{# One row per customer id and customer that it stood for: an append-only log, written whenever the
   record that an id is anchored on is found under another customer than at its last entry (under
   none: the record is gone or its identifiers were blocked). A full refresh keeps it: ids that
   were published once must stay explained. #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
    )
}}
-- depends_on: {{ ref('identity_source_records') }}

with

customers as (
    select
        customer_id,
        anchor_entity,
        anchor_source_name,
        anchor_source_record_id,
        is_anonymous
    from {{ ref('identity_customers') }}
),

landed as (
    select coalesce(max(batch_id), 0) as batch_id
    from {{ ref('identity_customers') }}
),

{% if is_incremental() -%}
logged as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by entry desc
        ) as entry_rank
    from {{ this }}
),

latest as (
    select
        customer_id,
        current_customer_id,
        anchor_entity,
        anchor_source_name,
        anchor_source_record_id,
        entry,
        is_anonymous
    from logged
    where entry_rank = 1
),

source_records as (
    select
        entity,
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
),

moved as (
    select
        latest.customer_id,
        source_records.customer_id as current_customer_id,
        latest.anchor_entity,
        latest.anchor_source_name,
        latest.anchor_source_record_id,
        latest.entry + 1 as entry,
        latest.is_anonymous
    from latest
    left join source_records
        on
            latest.anchor_entity = source_records.entity
            and latest.anchor_source_name = source_records.source_name
            and latest.anchor_source_record_id = source_records.source_record_id
    where coalesce(latest.current_customer_id, '') <> coalesce(source_records.customer_id, '')
),

{% endif -%}
issued as (
    select
        customers.customer_id,
        customers.customer_id as current_customer_id,
        customers.anchor_entity,
        customers.anchor_source_name,
        customers.anchor_source_record_id,
        1 as entry,
        customers.is_anonymous
    from customers
    {%- if is_incremental() %}
    left join latest
        on customers.customer_id = latest.customer_id
    where latest.customer_id is null
    {%- endif %}
),

entries as (
    select * from issued
    {%- if is_incremental() %}
    union all
    select * from moved
    {%- endif %}
),

final as (
    select
        entries.customer_id,
        entries.current_customer_id,
        entries.anchor_entity,
        entries.anchor_source_name,
        entries.anchor_source_record_id,
        cast(entries.entry as bigint) as entry,
        entries.is_anonymous,
        landed.batch_id
    from entries
    cross join landed
)

select * from final
