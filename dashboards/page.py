"""The frame of a page: layout, tiles, charts and tables in one HTML file that needs no network.

What belongs here: how a page looks. What does not: which figures it shows (see `subjects`).
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

PALETTE = ("#1f5f8b", "#e07a3f", "#3a9d7c", "#8a6bb1", "#c9a227", "#b4495b", "#6b7a8f", "#2f3e4e")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"

STYLE = """
:root { --ink:#1d2733; --soft:#5d6b7a; --line:#dfe5ec; --paper:#fff; --ground:#f4f6f9;
        --accent:#1f5f8b; }
* { box-sizing: border-box; }
body { margin:0; background:var(--ground); color:var(--ink);
       font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif; }
header { background:var(--paper); border-bottom:1px solid var(--line); }
header, main, footer { padding:0 max(16px, calc((100vw - 1180px) / 2)); }
header .top { display:flex; flex-wrap:wrap; gap:4px 24px; align-items:baseline; padding:16px 0 0; }
header h1 { font-size:22px; margin:0; }
header .asof { color:var(--soft); font-size:14px; }
nav { display:flex; gap:4px; overflow-x:auto; padding-top:10px; scrollbar-width:none; }
nav a { padding:8px 12px; color:var(--soft); text-decoration:none; white-space:nowrap;
        border-bottom:3px solid transparent; }
nav a[aria-current] { color:var(--accent); border-color:var(--accent); font-weight:600; }
nav a:focus-visible { outline:2px solid var(--accent); }
main { padding-top:20px; padding-bottom:40px; }
.lead { color:var(--soft); margin:0 0 16px; max-width:75ch; }
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(150px,1fr)); gap:12px;
         margin-bottom:16px; }
.tile, .card { background:var(--paper); border:1px solid var(--line); border-radius:10px; }
.tile { padding:14px 16px; }
.tile .label { color:var(--soft); font-size:13px; }
.tile .value { font-size:26px; font-weight:650; font-variant-numeric:tabular-nums; }
.tile .note { color:var(--soft); font-size:12px; }
.cards { display:grid; grid-template-columns:repeat(12,1fr); gap:16px; }
.card { grid-column:span 6; padding:14px 16px; min-width:0; }
.card.wide { grid-column:span 12; }
.card h2 { font-size:16px; margin:0; }
.card p { color:var(--soft); font-size:13px; margin:2px 0 8px; }
.chart { width:100%; height:340px; }
.scroll { overflow-x:auto; }
table { border-collapse:collapse; width:100%; font-size:14px; font-variant-numeric:tabular-nums; }
th { text-align:left; color:var(--soft); font-weight:600; }
th, td { padding:6px 10px; border-bottom:1px solid var(--line); }
td.number, th { white-space:nowrap; }
td.number, th.number { text-align:right; }
.empty { color:var(--soft); padding:30px 0; text-align:center; }
footer { color:var(--soft); font-size:13px; padding-bottom:30px; }
@media (max-width:820px) { .card { grid-column:span 12; } .chart { height:300px; }
  .tile .value { font-size:22px; } .tiles { grid-template-columns:repeat(2,1fr); } }
"""

RENDER = """
const mobile = window.matchMedia('(max-width: 820px)').matches;
for (const node of document.querySelectorAll('.chart')) {
  const figure = JSON.parse(document.getElementById(node.id + '-data').textContent);
  if (mobile) { figure.layout.margin.l = Math.min(figure.layout.margin.l, 110); }
  Plotly.newPlot(node, figure.data, figure.layout, {responsive: true, displayModeBar: false});
}
"""


@dataclass(frozen=True)
class Tile:
    """One figure at the top of a page."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart with the sentence that says how to read it."""

    title: str
    text: str
    figure: go.Figure
    is_wide: bool = False


@dataclass(frozen=True)
class Table:
    """One table; numbers are given as numbers and are formatted here."""

    title: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    is_wide: bool = True


Card = Chart | Table


@dataclass(frozen=True)
class Page:
    """One page of the dashboards."""

    slug: str
    title: str
    lead: str
    tiles: Sequence[Tile]
    cards: Sequence[Card]
    sources: Sequence[str] = field(default_factory=tuple)


def number(value: float | int | None, digits: int = 0) -> str:
    """A number with thousands separators; an en dash for none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def share(part: float | int | None, whole: float | int | None) -> str:
    """A percentage with one digit; an en dash where there is no whole."""
    return "–" if not whole or part is None else f"{100 * part / whole:.1f} %"


def styled(figure: go.Figure) -> go.Figure:
    """Give a figure the look that all charts share."""
    figure.update_layout(
        template="plotly_white",
        colorway=list(PALETTE),
        font={"family": FONT, "size": 13, "color": "#1d2733"},
        margin={"l": 60, "r": 16, "t": 10, "b": 44},
        legend={"orientation": "h", "y": 1.12, "x": 0},
        hovermode="closest",
        separators=".,",
    )
    figure.update_xaxes(automargin=True)
    # Ticks without colour hold the labels off the bars.
    figure.update_yaxes(
        automargin=True, tickformat=",~r", ticks="outside", ticklen=6, tickcolor="rgba(0,0,0,0)"
    )
    return figure


def bars(labels: Sequence[Any], values: Sequence[Any], *, horizontal: bool = False) -> go.Figure:
    """Bars with their value written on them; horizontal ones read from the top."""
    text = [
        number(v) if isinstance(v, int) or float(v).is_integer() else number(v, 1) for v in values
    ]
    names = [str(label).replace("_", " ") for label in labels]
    bar = go.Bar(
        x=list(values) if horizontal else names,
        y=names if horizontal else list(values),
        orientation="h" if horizontal else "v",
        text=text,
        textposition="auto",
        textangle=0,
        marker_color=PALETTE[0],
        hovertemplate="%{y}: %{x:,}<extra></extra>"
        if horizontal
        else "%{x}: %{y:,}<extra></extra>",
    )
    figure = styled(go.Figure(bar))
    axis = {"type": "category"}
    if horizontal:
        figure.update_yaxes(autorange="reversed", tickformat=None, **axis)
        figure.update_xaxes(tickformat=",~r")
    else:
        figure.update_xaxes(**axis)
    return figure


def stacked_bars(labels: Sequence[Any], series: dict[str, Sequence[Any]]) -> go.Figure:
    """Bars of several series on top of one another."""
    names = [str(label) for label in labels]
    figure = styled(
        go.Figure(
            [
                go.Bar(
                    x=names,
                    y=list(y),
                    name=name,
                    hovertemplate=f"%{{x}}: %{{y:,}} {name}<extra></extra>",
                )
                for name, y in series.items()
            ]
        )
    )
    figure.update_layout(barmode="stack", showlegend=True)
    figure.update_xaxes(type="category")
    return figure


def lines(x: Sequence[Any], series: dict[str, Sequence[Any]]) -> go.Figure:
    """One line per series over a common time axis."""
    return styled(
        go.Figure(
            [
                go.Scatter(x=list(x), y=list(y), name=name, mode="lines")
                for name, y in series.items()
            ]
        )
    )


def waterfall(labels: Sequence[str], changes: Sequence[int], measures: Sequence[str]) -> go.Figure:
    """Draw how a gross count becomes a net one.

    Args:
        labels: name of each step, the gross count first and the net count last.
        changes: signed change of each step; the counts themselves at both ends.
        measures: absolute, relative or total for each step, as plotly names them.
    """
    return styled(
        go.Figure(
            go.Waterfall(
                x=[label.replace("_", " ") for label in labels],
                y=list(changes),
                measure=list(measures),
                text=[number(abs(change)) for change in changes],
                textposition="outside",
                cliponaxis=False,
                decreasing={"marker": {"color": PALETTE[1]}},
                totals={"marker": {"color": PALETTE[0]}},
                connector={"line": {"color": "#c3ccd6"}},
            )
        )
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _digits(values: Sequence[Any]) -> int | None:
    """Digits that a column of numbers needs, at most two; None for a column of text."""
    numbers = [value for value in values if _is_number(value)]
    if not numbers:
        return None
    return next((d for d in (0, 1) if all(round(v, d) == v for v in numbers)), 2)


def _cell(value: Any, digits: int | None) -> str:
    if digits is None:
        return f"<td>{'–' if value is None else html.escape(str(value))}</td>"
    return f'<td class="number">{number(value, digits)}</td>'


def _table(card: Table) -> str:
    if not card.rows:
        return '<div class="empty">Nothing to show.</div>'
    digits = [_digits(column) for column in zip(*card.rows, strict=True)]
    head = "".join(
        f"<th>{html.escape(c)}</th>" if d is None else f'<th class="number">{html.escape(c)}</th>'
        for c, d in zip(card.columns, digits, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row, digits))}</tr>" for row in card.rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _chart(card: Chart, index: int) -> str:
    if not any(len(trace["x"] or ()) for trace in card.figure.data):
        return '<div class="empty">Nothing to show.</div>'
    data = json.dumps(json.loads(card.figure.to_json())).replace("</", "<\\/")
    return (
        f'<div class="chart" id="chart-{index}" role="img" aria-label="{html.escape(card.title)}">'
        f'</div><script type="application/json" id="chart-{index}-data">{data}</script>'
    )


def _card(card: Card, index: int) -> str:
    body = _chart(card, index) if isinstance(card, Chart) else _table(card)
    width = "card wide" if card.is_wide else "card"
    return (
        f'<section class="{width}"><h2>{html.escape(card.title)}</h2>'
        f"<p>{html.escape(card.text)}</p>{body}</section>"
    )


def render(page: Page, all_pages: Sequence[tuple[str, str]], as_of: str) -> str:
    """One complete HTML document.

    Args:
        page: what to show.
        all_pages: (slug, title) of every page, for the navigation.
        as_of: the instant that the figures hold for, as text.

    """
    links = "".join(
        f'<a href="{slug}.html"{" aria-current=page" if slug == page.slug else ""}>'
        f"{html.escape(title)}</a>"
        for slug, title in all_pages
    )
    tiles = "".join(
        f'<div class="tile"><div class="label">{html.escape(tile.label)}</div>'
        f'<div class="value">{html.escape(tile.value)}</div>'
        f'<div class="note">{html.escape(tile.note)}</div></div>'
        for tile in page.tiles
    )
    cards = "".join(_card(card, index) for index, card in enumerate(page.cards))
    sources = ", ".join(page.sources)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(page.title)}</title><style>{STYLE}</style>"
        f"<script>{get_plotlyjs()}</script></head><body>"
        f'<header><div class="top"><h1>{html.escape(page.title)}</h1>'
        f'<span class="asof">as of {html.escape(as_of)} UTC</span></div><nav>{links}</nav></header>'
        f'<main><p class="lead">{html.escape(page.lead)}</p>'
        f'<div class="tiles">{tiles}</div><div class="cards">{cards}</div></main>'
        f"<footer>Read from {html.escape(sources)} of the published file.</footer>"
        f"<script>{RENDER}</script></body></html>"
    )
