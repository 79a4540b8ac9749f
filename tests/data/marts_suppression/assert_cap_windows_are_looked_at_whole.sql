{# No cap may reach further back than the var frequency_cap_max_days. #}
select
    cap_code,
    window_days
from {{ ref('frequency_caps') }}
where window_days > {{ var('frequency_cap_max_days') }}
