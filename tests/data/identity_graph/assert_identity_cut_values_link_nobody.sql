-- No link has an end that was cut as an identifier, and no link that was cut is there.
with

links as (
    select
        identifier_key_a,
        identifier_key_b
    from {{ ref('identity_links') }}
),

ends as (
    select identifier_key_a as identifier_key from links
    union all
    select identifier_key_b as identifier_key from links
),

links_cut as (
    select
        cut_key,
        identifier_key,
        other_identifier_key,
        reason
    from {{ ref('identity_links_cut') }}
)

select links_cut.cut_key
from links_cut
inner join ends
    on links_cut.identifier_key = ends.identifier_key
where
    links_cut.reason in (
        'blocked_value', 'over_limit', 'persons_differ', 'used_by_several_customers'
    )

union all

select links_cut.cut_key
from links_cut
inner join links
    on
        links_cut.identifier_key = links.identifier_key_a
        and links_cut.other_identifier_key = links.identifier_key_b
