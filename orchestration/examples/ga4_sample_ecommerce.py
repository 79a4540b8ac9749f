"""Google Merchandise Store: 13 days of the GA4 export (real, obfuscated), 407,856 events.

The files are the export's own nested schema, so they go through the ga4 connector as they are.
Google's terms; not to be passed on.
"""

from __future__ import annotations

from orchestration.examples.example import Example

EXAMPLE = Example(
    name="ga4_sample_ecommerce",
    as_of="2021-01-01 00:00:00",
    files={"events": "events_20201219_20201231.parquet"},
    tables={"ga4/events": "select * exclude (file_row_number) from events"},
)
