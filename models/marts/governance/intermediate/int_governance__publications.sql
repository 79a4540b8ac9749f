{#- One row per publication, in order, with what it was built from; the last row is this build,
    which becomes a publication when it is published. A build that never was gives its row up to
    the next one. A full refresh keeps the table: what was published stays published. -#}
{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='fail',
        pre_hook="
            {% if is_incremental() %}
            delete from {{ this }} as built
            where not exists (
                select 1
                from audit.publications as published
                where published.published_at > built.built_at
            )
            {% endif %}
        ",
    )
}}
with

unified_source_records as (
    select batch_id
    from {{ ref('unified_source_records') }}
),

unified_identity_changes as (
    select build
    from {{ ref('unified_identity_changes') }}
),

landed as (
    select coalesce(max(batch_id), 0) as batch_id
    from unified_source_records
),

identity as (
    select coalesce(max(build), 0) as identity_build
    from unified_identity_changes
),

{% if is_incremental() -%}
numbers as (
    select coalesce(max(publication_number), 0) + 1 as publication_number
    from {{ this }}
),

{% else -%}
numbers as (
    select 1 as publication_number
),

{% endif -%}
final as (
    select
        cast(numbers.publication_number as bigint) as publication_number,
        '{{ rules_digest() }}' as rules_digest,
        cast(landed.batch_id as bigint) as batch_id,
        cast(identity.identity_build as bigint) as identity_build,
        {{ as_of() }} as as_of,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp) as built_at
    from numbers
    cross join landed
    cross join identity
)

select * from final
