"""Why are these records one customer, and what would part them?

    python -m orchestration.explain_identity 'shopify|6000' 'klaviyo|01AB'
    python -m orchestration.explain_identity --customer c123 --picture customer.svg

What belongs here: reading the identity graph of the warehouse and putting it into words and a
picture. What does not: rules; the graph is as the models built it.

An identifier is written ``type:value`` (``email:ana@example.com``); without a type it is a person
record, ``source|key``. The answer is the strongest way from one to the other: each link with its
rule, the record that shows it and its weight in bits, the weakest link of the way, and whether the
customer would fall apart without it. For two customers it says what keeps them apart.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx

from orchestration.paths import Paths

COLOURS = {
    "customer_record": "#3b6fb6",
    "national_id": "#8c564b",
    "loyalty_number": "#b8860b",
    "user_id": "#2e8b57",
    "email": "#c0504d",
    "phone": "#7d5ba6",
    "social_handle": "#d2691e",
    "anonymous_id": "#8a8a8a",
    "device_id": "#5f6f7f",
}
WIDTH, HEIGHT = 1100, 760


class ExplainError(Exception):
    """What was asked for is not in the graph; the message says what is."""


@dataclass(frozen=True)
class Link:
    """One link between two identifiers, as the model identity_links has it."""

    key_a: str
    key_b: str
    rule: str
    bits: float
    evidence: str
    record_count: int
    is_weakest: bool


@dataclass
class Customer:
    """One customer: identifiers by key as (type, value), and the links between them."""

    customer_id: str
    identifiers: dict[str, tuple[str, str]]
    links: list[Link] = field(default_factory=list)

    def name(self, key: str) -> str:
        """An identifier in words."""
        kind, value = self.identifiers.get(key, ("?", key[:12]))
        return f"{kind} {value}"

    def graph(self) -> nx.Graph:
        """The links as a graph; of several links between two identifiers the strongest."""
        graph = nx.Graph()
        graph.add_nodes_from(self.identifiers)
        for link in sorted(self.links, key=lambda link: link.bits):
            graph.add_edge(link.key_a, link.key_b, link=link, bits=link.bits)
        return graph


@dataclass(frozen=True)
class Way:
    """The strongest way from one identifier to another."""

    keys: list[str]
    links: list[Link]

    @property
    def weakest(self) -> Link:
        """The link without which there is no way as strong."""
        return min(self.links, key=lambda link: link.bits)


def read_customer(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Customer:
    """A customer with its identifiers and links; raises ExplainError when there is none."""
    identifiers = {
        key: (kind, value)
        for key, kind, value in connection.execute(
            "select identifier_key, identifier_type, identifier_value "
            "from identity_graph.identity_map "
            "where customer_id = ? and identifier_type <> 'order_id'",
            [customer_id],
        ).fetchall()
    }
    if not identifiers:
        successor = connection.execute(
            "select new_customer_id from identity_graph.identity_merges where old_customer_id = ?",
            [customer_id],
        ).fetchone()
        if successor is not None:
            raise ExplainError(f"{customer_id} now stands for {successor[0]}. Ask for that one.")
        raise ExplainError(f"There is no customer {customer_id} in this warehouse.")
    links = [
        Link(*row)
        for row in connection.execute(
            """
            select
                identifier_key_a, identifier_key_b, rule, link_bits,
                entity || ' ' || source_name || '|' || first_source_record_id,
                record_count, is_weakest
            from identity_graph.identity_links
            where customer_id = ?
            """,
            [customer_id],
        ).fetchall()
    ]
    return Customer(customer_id, identifiers, links)


def find(connection: duckdb.DuckDBPyConnection, named: str) -> tuple[str, str]:
    """(identifier key, customer id) of an identifier; raises ExplainError when it has none."""
    kind, separator, value = named.partition(":")
    if not separator or kind not in COLOURS:
        kind, value = "customer_record", named
    row = connection.execute(
        "select identifier_key, customer_id from identity_graph.identity_map "
        "where identifier_type = ? and identifier_value = ?",
        [kind, value],
    ).fetchone()
    if row is not None:
        return str(row[0]), str(row[1])
    cut = connection.execute(
        "select reason, rule from identity_graph.identity_links_cut "
        "where identifier_type = ? and identifier_value = ?",
        [kind, value],
    ).fetchone()
    if cut is not None:
        raise ExplainError(f"{kind} {value} stands for nobody: {cut[0]} ({cut[1]}).")
    near = connection.execute(
        "select identifier_value from identity_graph.identity_map where identifier_type = ? "
        "and contains(identifier_value, ?) order by 1 limit 5",
        [kind, value],
    ).fetchall()
    hint = f" Near: {', '.join(row[0] for row in near)}." if near else ""
    raise ExplainError(f"There is no {kind} {value} in the graph.{hint}")


def strongest_way(customer: Customer, start: str, end: str) -> Way:
    """The way whose weakest link is as strong as can be: the one along a maximum spanning tree."""
    graph = nx.maximum_spanning_tree(customer.graph(), weight="bits")
    if not nx.has_path(graph, start, end):
        raise ExplainError(
            f"{customer.name(start)} and {customer.name(end)} are one customer without a way of "
            "links: what ties them is a device or cookie of the same only user."
        )
    keys = nx.shortest_path(graph, start, end)
    links = [graph.edges[ends]["link"] for ends in itertools.pairwise(keys)]
    return Way(keys, links)


def parts_without(customer: Customer, link: Link) -> list[set[str]]:
    """The parts that the customer would fall into without a link: one when others bridge it."""
    graph = customer.graph()
    graph.remove_edge(link.key_a, link.key_b)
    return sorted((set(part) for part in nx.connected_components(graph)), key=len, reverse=True)


def in_words(customer: Customer, way: Way) -> list[str]:
    """The way, step by step."""
    if not way.links:
        return ["Both are the same identifier."]
    count = _counted(len(way.links), "link")
    lines = [f"One customer, {customer.customer_id}: {count} from one to the other."]
    lines.append(f"  {customer.name(way.keys[0])}")
    for key, link in zip(way.keys[1:], way.links, strict=True):
        seen = f"{_counted(link.record_count, 'record')}, first {link.evidence}"
        lines.append(f"    {link.rule}, {link.bits:.1f} bits ({seen})")
        lines.append(f"  {customer.name(key)}")
    weakest = way.weakest
    between = f"{customer.name(weakest.key_a)} and {customer.name(weakest.key_b)}"
    lines.append(f"Weakest link: {weakest.rule} between {between}, {weakest.bits:.1f} bits.")
    parts = parts_without(customer, weakest)
    if len(parts) == 1:
        lines.append("Without it other links would still hold the customer together.")
    else:
        sizes = " and ".join(
            str(sum(customer.identifiers[key][0] == "customer_record" for key in part))
            for part in parts
        )
        lines.append(
            f"Without it the customer would fall into {len(parts)} parts with {sizes} person "
            "records. To part them for good: a cannot_link row in the seed identity_overrides."
        )
    return lines


def whole_customer(customer: Customer) -> list[str]:
    """What a customer is made of, and its weakest link."""
    counts: dict[str, int] = {}
    for kind, _ in customer.identifiers.values():
        counts[kind] = counts.get(kind, 0) + 1
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    lines = [f"Customer {customer.customer_id}: {listed}; {len(customer.links)} links."]
    for link in sorted(customer.links, key=lambda link: (-link.bits, link.key_a, link.key_b)):
        mark = "  <- weakest" if link.is_weakest else ""
        lines.append(
            f"  {customer.name(link.key_a)} -- {customer.name(link.key_b)}: {link.rule}, "
            f"{link.bits:.1f} bits ({link.evidence}){mark}"
        )
    return lines


def what_keeps_apart(
    connection: duckdb.DuckDBPyConnection, keys: tuple[str, str], customers: tuple[str, str]
) -> list[str]:
    """Why two identifiers are not one customer, as far as the graph has an opinion."""
    lines = [f"Two customers: {customers[0]} and {customers[1]}."]
    cuts = connection.execute(
        """
        with ours as (
            select identifier_key, customer_id from identity_graph.identity_map
            where customer_id in (?, ?)
        )
        select cut.reason, cut.rule, cut.restored_by
        from identity_graph.identity_links_cut as cut
        inner join ours as one on cut.identifier_key = one.identifier_key
        inner join ours as other on cut.other_identifier_key = other.identifier_key
        where one.customer_id <> other.customer_id
        """,
        list(customers),
    ).fetchall()
    lines += [
        f"  A link was cut: {reason} ({rule}). Restored by {by}." for reason, rule, by in cuts
    ]
    scored = connection.execute(
        """
        select review.link_bits from identity_graph.identity_review_queue as review
        where review.question = 'possible_merge'
            and review.customer_id = least(?, ?) and review.other_customer_id = greatest(?, ?)
        """,
        [*customers, *customers],
    ).fetchone()
    if scored is not None:
        lines.append(
            f"  What their records say of the person speaks for one with {scored[0]:.1f} bits "
            "(log2 odds): too little to link, enough to be looked at (fct_identity_review_queue)."
        )
    if len(lines) == 1:
        lines.append("  They share no usable identifier, and their records do not look alike.")
    lines.append("To link them: a must_link row in the seed identity_overrides.")
    return lines


def picture(customer: Customer, way: Way | None = None) -> str:
    """The customer's links as SVG: identifiers by colour, strength by width, the way in black."""
    graph = customer.graph()
    places = nx.spring_layout(graph, seed=7, k=1.6 / max(len(graph), 1) ** 0.5)
    margin = 90

    def at(key: str) -> tuple[float, float]:
        x, y = places[key]
        return (
            margin + (x + 1) / 2 * (WIDTH - 2 * margin),
            margin + (y + 1) / 2 * (HEIGHT - 2 * margin),
        )

    on_way = set(way.links) if way is not None else set()
    shapes: list[str] = []
    for one, other, data in graph.edges(data=True):
        link: Link = data["link"]
        (x1, y1), (x2, y2) = at(one), at(other)
        colour = "#111" if link in on_way else "#c0504d" if link.is_weakest else "#b9bec6"
        dash = ' stroke-dasharray="6 4"' if link.rule in ("matching", "only_user") else ""
        shapes.append(
            f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="{colour}" '
            f'stroke-width="{1 + link.bits / 20:.1f}"{dash}>'
            f"<title>{escape(link.rule)}, {link.bits:.1f} bits, {escape(link.evidence)}</title>"
            "</line>"
        )
    for key, (kind, value) in customer.identifiers.items():
        x, y = at(key)
        # A name goes to the left of its circle where another circle begins in its place.
        is_left = any(
            0 < right - x < 220 and abs(y - beside) < 14 for right, beside in map(at, graph)
        )
        shapes.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="9" fill="{COLOURS.get(kind, "#333")}">'
            f"<title>{escape(kind)} {escape(value)}</title></circle>"
            f'<text x="{x - 12 if is_left else x + 12:.0f}" y="{y + 4:.0f}" '
            f'text-anchor="{"end" if is_left else "start"}" paint-order="stroke" stroke="#fff" '
            f'stroke-width="4">{escape(_short(value))}</text>'
        )
    shown = sorted({kind for kind, _ in customer.identifiers.values()})
    for position, kind in enumerate(shown):
        x = 24 + position * 140
        shapes.append(
            f'<circle cx="{x}" cy="{HEIGHT - 22}" r="7" fill="{COLOURS.get(kind, "#333")}"/>'
            f'<text x="{x + 12}" y="{HEIGHT - 18}">{escape(kind)}</text>'
        )
    title = f"{customer.customer_id}: {len(customer.identifiers)} identifiers"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#222">'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="24" y="32" font-size="16">'
        f"{escape(title)}</text>{''.join(shapes)}</svg>\n"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _short(value: str) -> str:
    return value if len(value) <= 28 else value[:27] + "…"


def explain(
    connection: duckdb.DuckDBPyConnection, named: Sequence[str], customer_id: str | None
) -> tuple[list[str], str | None]:
    """(lines to print, SVG or None when there are two customers)."""
    if customer_id is not None:
        customer = read_customer(connection, customer_id)
        return whole_customer(customer), picture(customer)
    found = [find(connection, name) for name in named]
    if len(found) == 1:
        customer = read_customer(connection, found[0][1])
        return whole_customer(customer), picture(customer)
    (key_a, customer_a), (key_b, customer_b) = found
    if customer_a != customer_b:
        return what_keeps_apart(connection, (key_a, key_b), (customer_a, customer_b)), None
    customer = read_customer(connection, customer_a)
    way = strongest_way(customer, key_a, key_b)
    return in_words(customer, way), picture(customer, way)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 1 and one message when what was asked for is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.explain_identity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("identifier", nargs="*", help="one or two: source|key, or type:value")
    parser.add_argument("--customer", help="customer_id, to see the whole customer")
    parser.add_argument("--picture", type=Path, help="file for the drawing (SVG)")
    options = parser.parse_args(arguments)
    if (options.customer is None) == (not options.identifier) or len(options.identifier) > 2:
        parser.error("name one or two identifiers, or a --customer")
    warehouse = Paths.from_env().warehouse
    try:
        with _open(warehouse) as connection:
            lines, svg = explain(connection, options.identifier, options.customer)
    except duckdb.CatalogException:
        print(f"{warehouse} has no identity graph yet. `make run` builds it.", file=sys.stderr)
        return 1
    except ExplainError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    if options.picture is not None and svg is not None:
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        options.picture.write_text(svg, encoding="utf-8")
        print(f"Drawn in {options.picture}")
    return 0


def _open(warehouse: Path) -> Any:
    if not warehouse.exists():
        raise ExplainError(f"{warehouse} is not there. `make run` builds it.")
    try:
        return duckdb.connect(str(warehouse), read_only=True)
    except duckdb.Error as error:
        raise ExplainError(f"{warehouse} cannot be opened, a run may have it: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
