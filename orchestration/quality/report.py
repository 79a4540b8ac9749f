"""The report of a gate: one HTML page that opens offline.

Belongs here: how a verdict looks. Does not: deciding it.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem;
       color: #1f2933; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; color: #52606d; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #e4e7eb;
         vertical-align: top; }
td:first-child { white-space: nowrap; width: 7rem; }
td:last-child { color: #52606d; overflow-wrap: anywhere; }
.passed { color: #046c4e; } .warning { color: #92400e; }
.refused { color: #b42318; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  body { background: #14181d; color: #e4e7eb; } p, td:last-child { color: #9aa5b1; }
  td, th { border-color: #323f4b; } .passed { color: #4ade80; } .refused { color: #f97066; }
  .warning { color: #fbbf24; }
}
"""


def write_report(file: Path, verdict: Mapping[str, Any]) -> None:
    """Write the page; verdict is the JSON of a gate."""
    results = verdict["results"]
    by_table: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        by_table.setdefault(result["table"], []).append(result)
    refused = sum(result["blocks"] for result in results)
    warnings = sum(not result["passed"] for result in results) - refused
    word = "passed" if verdict["passed"] else "refused"
    noun = "landing batch" if verdict["gate"] == "landing" else "build"
    ordered = sorted(by_table, key=lambda table: (-severity_of(by_table[table]), table))
    subject = escape(f"{noun} {verdict['subject'] or 'none'}, checked {verdict['checked_at']} UTC")
    counts = f"{len(results)} expectations about {len(by_table)} tables"
    title = f"{escape(verdict['gate'].title())} gate"
    sections = "".join(section(table, by_table[table]) for table in ordered)
    file.write_text(
        f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: {word}</title><style>{STYLE}</style></head><body>
<h1>{title}: <span class="{word}">{word}</span></h1>
<p>{subject}</p>
<p>{counts}: {refused} refused, {warnings} warnings.</p>
{sections}
</body></html>
"""
    )


def severity_of(results: list[Mapping[str, Any]]) -> int:
    """2 when something blocks, 1 when something warns, else 0."""
    return max(2 * result["blocks"] or int(not result["passed"]) for result in results)


def section(table: str, results: list[Mapping[str, Any]]) -> str:
    """One table of the warehouse."""
    rows = "".join(
        f'<tr><td class="{state(result)}">{state(result)}</td><td>{escape(result["claim"])}</td>'
        f"<td>{escape(result['exception'] or result['observed'])}</td></tr>"
        for result in results
    )
    return f"<h2>{escape(table)}</h2><table>{rows}</table>"


def state(result: Mapping[str, Any]) -> str:
    """Passed, warning or refused."""
    if result["passed"]:
        return "passed"
    return "refused" if result["blocks"] else "warning"
