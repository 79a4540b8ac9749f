-- No link has an end that was cut.
with

ends as (
    select identifier_key_a as identifier_key from {{ ref('identity_links') }}
    union all
    select identifier_key_b as identifier_key from {{ ref('identity_links') }}
)

select links_cut.identifier_key
from {{ ref('identity_links_cut') }} as links_cut
inner join ends
    on links_cut.identifier_key = ends.identifier_key
