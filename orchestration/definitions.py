"""What Dagster loads.

Belongs here: this one line. Everything else is in build.py.
"""

from __future__ import annotations

from orchestration.build import build_defs

defs = build_defs()
