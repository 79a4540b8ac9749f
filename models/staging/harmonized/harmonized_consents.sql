{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='delete+insert',
        unique_key=['source_name', 'source_record_id'],
        on_schema_change='fail',
    )
}}

{{ harmonize(
    'consents',
    ref,
    statement_columns=['contact_point', 'channel', 'purpose', 'brand', 'status', 'captured_at'],
) }}
