{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='delete+insert',
        unique_key=['source_name', 'source_record_id'],
        on_schema_change='fail',
    )
}}

{{ harmonize('events', ref, reads_again=true) }}
