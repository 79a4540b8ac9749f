"""What is kept about a failed run.

Belongs here: one JSON file per failure and its log line. Does not: deciding what failed.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from orchestration.paths import Paths

logger = logging.getLogger("orchestration")


def record_failure(paths: Paths, run_id: str, reason: str, *, step: str = "") -> Path:
    """Write ``warehouse/failures/<run>.json`` and log the reason; returns the file."""
    paths.failures.mkdir(parents=True, exist_ok=True)
    file = paths.failures / f"{run_id}.json"
    file.write_text(
        json.dumps(
            {
                "run_id": run_id,
                "step": step,
                "reason": reason,
                "failed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            },
            indent=2,
        )
        + "\n"
    )
    logger.error("Run %s failed at %s: %s", run_id, step or "an unknown step", reason)
    return file
