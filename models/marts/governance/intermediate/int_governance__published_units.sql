{#- One row per publication, metric, dimension and unit that counts in it: this build's, and those
    of the publication that it is compared with; older ones go. A full refresh keeps the table: what
    was published cannot be made again. -#}
{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='fail',
        pre_hook="
            {% if is_incremental() %}
            delete from {{ this }}
            where publication_number <> (
                select max(publication_number) - 1 from {{ ref('int_governance__publications') }}
            )
            {% endif %}
        ",
    )
}}
with

publications as (
    select publication_number
    from {{ ref('int_governance__publications') }}
),

metric_units as (
    select * from {{ ref('int_governance__metric_units') }}
),

this_build as (
    select max(publication_number) as publication_number
    from publications
),

final as (
    select
        this_build.publication_number,
        metric_units.metric,
        metric_units.dimension,
        metric_units.unit_key,
        metric_units.customer_key,
        metric_units.metric_value
    from metric_units
    cross join this_build
)

select * from final
