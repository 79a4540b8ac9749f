{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='delete+insert',
        unique_key=['source_name', 'source_record_id'],
    )
}}

{{ harmonize('stock') }}
