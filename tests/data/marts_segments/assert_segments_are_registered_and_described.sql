{# The var segments and the seed name the same segments. #}
with

registered as (
    {%- for segment in var('segments') %}
    select '{{ segment }}' as segment_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    registered.segment_code as registered_code,
    segments.segment_code as described_code
from registered
full outer join {{ ref('segments') }} as segments
    on registered.segment_code = segments.segment_code
where
    registered.segment_code is null
    or segments.segment_code is null
