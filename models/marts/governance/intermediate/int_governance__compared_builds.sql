{{ config(materialized='view') }}

{#- One row per build to be explained: this one, and the publication that it is compared with. No
    row before the first publication. -#}
with

publications as (
    select * from {{ ref('int_governance__publications') }}
),

newest as (
    select max(publication_number) as publication_number
    from publications
),

final as (
    select
        publications.publication_number,
        previous.publication_number as previous_number,
        previous.batch_id as previous_batch_id,
        previous.identity_build as previous_identity_build,
        publications.rules_digest <> previous.rules_digest as has_new_rules,
        publications.as_of,
        previous.as_of as previous_as_of,
        previous.built_at as previous_built_at
    from newest
    inner join publications
        on newest.publication_number = publications.publication_number
    inner join publications as previous
        on publications.publication_number = previous.publication_number + 1
)

select * from final
