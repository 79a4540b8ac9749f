"""Whose data are asked for.

Belongs here: from one identifier of a person to all of them, past ones and those of merged
customers included; how many rows lead to the person, in each table. Does not: changing any.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import duckdb

from orchestration.column_tags import Dictionary
from orchestration.data_requests.tables import fill
from orchestration.data_requests.tombstones import plain_key

# Types of the identity graph, and what people write for them on the command line.
IDENTIFIER_TYPES = (
    "email",
    "phone",
    "loyalty_number",
    "user_id",
    "national_id",
    "social_handle",
    "customer_record",
    "customer_id",
)
ROOMS = ("staging", "identity_graph", "unified_customer", "marts", "marts_work")
SHORTEST_MENTION = 7
NO_MENTIONS = r"\b\B"  # matches nothing


class PersonError(LookupError):
    """No one person is found by the identifier; the message says why and what to do."""


@dataclass(frozen=True)
class Person:
    """A customer of now with everything that is or was theirs alone.

    keys: SHA-256 of ``<type>|<value>``, as the graph has them; past identifiers are known by their
    key only. contact_points: as the refusals have them.
    """

    customer_ids: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    contact_points: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    spellings: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """For the journal of a request."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Person:
        """What ``as_json`` wrote."""
        return cls(
            customer_ids=tuple(values["customer_ids"]),
            identifiers=tuple((kind, value) for kind, value in values["identifiers"]),
            keys=tuple(values["keys"]),
            contact_points=tuple(values["contact_points"]),
            acts=tuple(values["acts"]),
            spellings=tuple(values["spellings"]),
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The identifiers as they stand in texts, in small letters, the longest first.

        Numbers that are short or count records of a source are no proof of a person and left out.
        So are orders, which stay, and a parcel, which is a person record called after its order.
        """
        orders = {value.lower() for kind, value in self.identifiers if kind == "order_id"}
        words = {spelling.lower() for spelling in self.spellings}
        for kind, value in self.identifiers:
            word = value.lower()
            if kind == "order_id":
                continue
            if kind == "phone":
                words.add(word.lstrip("+"))
                continue
            if kind in ("customer_record", "anonymous_id", "social_handle"):
                word = re.split(r"[|:]", word, maxsplit=1)[-1]
            is_parcel = any(word == order or word.endswith(f"-{order}") for order in orders)
            if not is_parcel and not word.isdigit():
                words.add(word)
        long = (word for word in words if len(word) >= SHORTEST_MENTION)
        return tuple(sorted(long, key=lambda word: (-len(word), word)))

    @property
    def mentions(self) -> str:
        """RE2 pattern of the words wherever they stand in a text; matches nothing without any."""
        return mentions_of([self])


def mentions_of(people: Iterable[Person]) -> str:
    """RE2 pattern of the words of any of them."""
    words = {word for person in people for word in person.words}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return (
        r"\b(?:" + "|".join(re.escape(word) for word in longest_first) + r")\b"
        if words
        else NO_MENTIONS
    )


def text_of(identifier_type: str, value: str) -> str:
    """The text of an identifier as the graph compares it."""
    value = value.strip()
    if identifier_type in ("email", "social_handle"):
        value = value.lower()
    elif identifier_type in ("loyalty_number", "national_id"):
        value = re.sub(r"[^0-9A-Za-z]+", "", value).upper()
    elif identifier_type == "phone":
        value = re.sub(r"[^0-9+]+", "", value)
    return f"{identifier_type}|{value}"


def contact_point_key(kind: str, value: str) -> str:
    """The key under which refusals know a contact point, as the macro of that name makes it.

    value: as the graph compares it, without its type.
    """
    local, _, domain = value.partition("@")
    local = local.split("+", 1)[0]
    if kind != "email" or not local:
        return value
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"


def resolve(connection: duckdb.DuckDBPyConnection, identifier_type: str, value: str) -> Person:
    """The one person that an identifier stands for. Raises PersonError when there is none."""
    customer_id = _customer_of(connection, identifier_type, value)
    ids = [customer_id] + [
        row[0]
        for row in connection.execute(
            "select old_customer_id from identity_graph.identity_merges "
            "where new_customer_id = ? order by 1",
            [customer_id],
        ).fetchall()
    ]
    fill(connection, "person_ids", {"customer_id": "varchar"}, [(one,) for one in ids])
    ids += _visitors_with_their_browser(connection)
    fill(connection, "person_ids", {"customer_id": "varchar"}, [(one,) for one in ids])
    identifiers = connection.execute(
        """
        select identifier_type, identifier_value
        from identity_graph.identity_map
        inner join person_ids using (customer_id)
        union
        select 'order_id', order_id
        from unified_customer.unified_orders
        inner join person_ids using (customer_id)
        where order_id is not null
        order by all
        """
    ).fetchall()
    past = connection.execute(
        """
        select distinct identifier_key
        from identity_graph.identity_map_history
        inner join person_ids using (customer_id)
        where identifier_key not in (
            select identifier_key
            from identity_graph.identity_map
            where customer_id not in (from person_ids)
        )
        """
    ).fetchall()
    keys = {plain_key(f"{kind}|{one}") for kind, one in identifiers} | {row[0] for row in past}
    points = connection.execute(
        """
        select distinct contact_point_key
        from unified_customer.int_customer__contact_points
        inner join person_ids using (customer_id)
        where contact_point_key not in (
            select contact_point_key
            from unified_customer.int_customer__contact_points
            where customer_id not in (from person_ids) and contact_point_key is not null
        )
        order by all
        """
    ).fetchall()
    acts = connection.execute(
        "select distinct act_key from unified_customer.unified_consent_acts "
        "inner join person_ids using (customer_id) order by all"
    ).fetchall()
    return Person(
        customer_ids=tuple(ids),
        identifiers=tuple((kind, one) for kind, one in identifiers),
        keys=tuple(sorted(keys)),
        contact_points=tuple(row[0] for row in points),
        acts=tuple(row[0] for row in acts),
    )


def _visitors_with_their_browser(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Unknown visitors of one source who come with the cookie that the person has in another."""
    return [
        row[0]
        for row in connection.execute(
            """
            with cookies as (
                select customer_id, split_part(identifier_value, '|', 2) as cookie
                from identity_graph.identity_map
                where identifier_type = 'anonymous_id'
            )

            select distinct cookies.customer_id
            from cookies
            inner join identity_graph.identity_customers as customers
                on cookies.customer_id = customers.customer_id and customers.is_anonymous
            inner join cookies as own
                on cookies.cookie = own.cookie and own.customer_id in (from person_ids)
            where cookies.customer_id not in (from person_ids)
            order by all
            """
        ).fetchall()
    ]


def _customer_of(connection: duckdb.DuckDBPyConnection, identifier_type: str, value: str) -> str:
    if identifier_type == "customer_id":
        row = connection.execute(
            """
            select coalesce(
                (
                    select new_customer_id
                    from identity_graph.identity_merges
                    where old_customer_id = $1
                ),
                (select customer_id from identity_graph.identity_customers where customer_id = $1)
            )
            """,
            [value.strip()],
        ).fetchone()
        if row is None or row[0] is None:
            raise PersonError("There is no customer with that id.")
        return str(row[0])
    key = plain_key(text_of(identifier_type, value))
    status = connection.execute(
        "select status from identity_graph.int_identity__nodes where identifier_key = ?", [key]
    ).fetchone()
    if status is None:
        raise PersonError(
            f"No record has that {identifier_type}. Phones are given with their country: +34..."
        )
    if status[0] != "linking":
        raise PersonError(
            f"That {identifier_type} is {status[0].replace('_', ' ')}: it is no proof of who "
            "somebody is, so several people may have it. Give another identifier of the person."
        )
    row = connection.execute(
        "select customer_id from identity_graph.identity_map where identifier_key = ?", [key]
    ).fetchone()
    if row is None:
        raise PersonError(f"That {identifier_type} stands for nobody.")
    return str(row[0])


def with_spellings(
    connection: duckdb.DuckDBPyConnection,
    people: Sequence[Person],
    columns: Mapping[str, list[str]],
) -> list[Person]:
    """The people, with how their landed rows write their e-mails and phones.

    columns: text columns of each quoted raw table that hold some. Needs ``row_owners``.
    """
    written: dict[int, set[str]] = defaultdict(set)
    for relation, names in columns.items():
        values = ", ".join(f'trim("{name}")' for name in names)
        for owner, value in connection.execute(
            f"""
            with written as (
                select row_owners.owner, unnest([{values}]) as value
                from {relation} as raw
                inner join row_owners
                    on _file = landed_file and _row = landed_row and _landed_at = landed_at
            )

            select distinct owner, value from written where value is not null
            """
        ).fetchall():
            if _is_spelling(people[owner], value):
                written[owner].add(value.lstrip("+("))
    return [
        replace(person, spellings=tuple(sorted(written[owner])))
        for owner, person in enumerate(people)
    ]


def _is_spelling(person: Person, value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    may_be_phone = len(value) < 30 and len(digits) >= 9
    return any(
        (kind == "email" and value.lower() == one)
        or (kind == "phone" and may_be_phone and digits[-9:] == one[-9:])
        for kind, one in person.identifiers
    )


# ---- rows that lead to the person ------------------------------------------------------------


def relation_counts(
    connection: duckdb.DuckDBPyConnection,
    people: Sequence[Person],
    dictionary: Dictionary | None = None,
) -> dict[str, list[int]]:
    """Rows of each table of the warehouse that lead to each person, by schema.table.

    A row leads to a person by a column that the column tags call a subject key: a customer id,
    the digest of an identifier, or an identifier of theirs alone.
    """
    dictionary = dictionary or Dictionary.load()
    _fill_values(connection, people)
    columns: dict[str, dict[str, str]] = {}
    for schema, table, column in connection.execute(
        f"""
        select schema_name, table_name, column_name
        from duckdb_columns()
        inner join duckdb_tables() using (database_name, schema_name, table_name)
        where database_name = current_database() and schema_name in {ROOMS}
            and data_type = 'VARCHAR'
        order by all
        """
    ).fetchall():
        meaning = dictionary.meaning_of(column)
        kind = VALUES_OF_MEANING.get(meaning[0].tag) if meaning else None
        if kind:
            columns.setdefault(f"{schema}.{table}", {})[column] = kind
    counts = {}
    for relation, kinds in columns.items():
        schema, table = relation.split(".")
        leads = " or ".join(
            f"\"{column}\" in (select value from person_values where kind = '{kind}')"
            for column, kind in kinds.items()
        )
        values = ", ".join(
            f"{{'kind': '{kind}', 'value': \"{name}\"}}" for name, kind in kinds.items()
        )
        counts[relation] = [0] * len(people)
        for owner, count in connection.execute(
            f"""
            with found as (
                select rowid as row_id, unnest([{values}], recursive := true)
                from "{schema}"."{table}"
                where {leads}
            )

            select owner, count(distinct row_id)
            from found
            inner join person_values using (kind, value)
            group by owner
            """
        ).fetchall():
            counts[relation][owner] = count
    return counts


# Which values of the person a column of a meaning is compared with. Record ids, logins and orders
# mean something only together with their source, so rows are counted by what they resolve to.
VALUES_OF_MEANING = {
    "customer": "customer_id",
    "digest": "key",
    "email": "email",
    "phone": "phone",
    "contact_point": "contact_point",
    "identifier": "identifier",
    "card": "loyalty_number",
}


def _fill_values(connection: duckdb.DuckDBPyConnection, people: Sequence[Person]) -> None:
    rows: list[tuple[int, str, str]] = []
    for owner, person in enumerate(people):
        rows += [(owner, "customer_id", one) for one in person.customer_ids]
        rows += [(owner, "key", key) for key in person.keys]
        rows += [(owner, "contact_point", point) for point in person.contact_points]
        for kind, value in person.identifiers:
            if kind in ("email", "phone", "loyalty_number"):
                rows.append((owner, kind, value))
                rows.append((owner, "identifier", value))
            if kind in ("email", "phone"):
                rows.append((owner, "contact_point", value))
    fill(
        connection,
        "person_values",
        {"owner": "bigint", "kind": "varchar", "value": "varchar"},
        list(dict.fromkeys(rows)),
    )
