"""Merge-safe contactability: random histories against an oracle that keeps its own memory.

The rule in words. A contact point is *open* for a channel, purpose and brand when somebody who has
it may be contacted there.

1. A no closes every contact point that it reaches: the one that it names in whatever spelling of
   the mailbox, and, when it is said of the person, every one that the person has at that build or
   any later one. What a no has once reached stays closed, whatever becomes of the graph, of the
   record, of its source or of a rule, until somebody opts in again, later, for that very contact
   point, channel, purpose and brand.
2. A contact point that no one has refused opens by a yes that names it, or that stands on a record
   which states it, or, where the market has such a rule, by a purchase with it by somebody who has
   never said no to that channel anywhere.
3. So no merge, no unmerge, no change of the matching rules, no refusal that arrives late and no
   record of the same person that appears anew opens anything.

Each example is a history: people register, duplicate themselves, buy, say yes and no in every way
that the log knows, late and out of order; records are merged, split and regrouped at random; rules
are switched, sources vanish and return. After every step the SQL of the models runs on DuckDB and
is compared, row for row, with the oracle, and the open contact points before and after are held
against the rule. Histories have nothing in common, so that a whole batch of them goes through the
models at once. CDP_HISTORIES sets their number.
"""

import datetime as dt
import os
import random
from dataclasses import dataclass, field, replace

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from macro_renderer import model_renderer

BATCH = 50
HISTORIES = int(os.environ.get("CDP_HISTORIES", "300"))
STEPS = 14
START = dt.datetime(2025, 1, 1)
AS_OF = "2001-02-03"  # stands for the clock in the rendered SQL
VALID_DAYS = 100
CHANNELS = {"email": "email", "sms": "phone", "call": "phone", "push": "push_token"}
PURPOSES = ("marketing", "profiling")
MODELS = (
    "unified_consent_acts",
    "intermediate/int_customer__contact_points",
    "intermediate/int_customer__refusals",
    "intermediate/int_customer__permissions",
    "unified_consent_history",
    "unified_consents",
)
SOURCES = ("shop", "crm", "mail")


@dataclass(frozen=True)
class Record:
    """A person record: what it states, and the person whose it is taken to be."""

    source: str
    key: str
    customer: str
    email: str | None
    phone: str | None
    token: str | None
    country: str | None

    def points(self):
        return [
            (kind, value)
            for kind, value in (
                ("email", self.email),
                ("phone", self.phone),
                ("push_token", self.token),
            )
            if value
        ]


@dataclass(frozen=True)
class Act:
    """A yes or a no: of a record, of a contact point, of both."""

    source: str
    key: str
    record: str | None
    point: str | None
    channel: str
    purpose: str
    brand: str | None
    status: str
    legal_basis: str | None
    captured: dt.datetime
    recorded: dt.datetime
    evidence: str = "consent"
    topic: str | None = None

    @property
    def kind(self):
        """Kind of the contact point that the act names, if its channel goes there."""
        if self.point is None:
            return None
        kind = "email" if "@" in self.point else "phone" if self.point[0] == "+" else "push_token"
        if self.channel == "all" or self.status == "objected":
            return kind if kind != "push_token" else None
        return kind if CHANNELS[self.channel] == kind else None


@dataclass(frozen=True)
class Order:
    source: str
    key: str
    customer: str
    email: str | None
    record: str | None
    ordered: dt.datetime


@dataclass
class World:
    """Everything that has landed, and who is held to be whom. Its name is in all its values."""

    name: str = "0"
    records: dict = field(default_factory=dict)  # (source, key) -> Record
    acts: dict = field(default_factory=dict)  # (source, key) -> Act
    orders: list = field(default_factory=list)
    disabled: set = field(default_factory=set)  # sources switched off
    has_permission: bool = True
    day: int = 0
    number: int = 0

    @property
    def now(self):
        return START + dt.timedelta(days=self.day)

    @property
    def emails(self):
        """Two spellings of one Gmail mailbox, two of another one, and more; any may be shared."""
        prefix = f"w{self.name}x"
        named = ("ana@gmail.com", "an.a+shop@gmail.com", "bob@x.es", "bob+news@x.es")
        named += ("home@x.es", "carla@x.es", "dan@x.es", "eva@x.es")
        return [prefix + email for email in named]

    @property
    def phones(self):
        return [f"+34{int(self.name):06d}{number}" for number in (1, 2)]

    @property
    def tokens(self):
        return [f"token-{self.name}-"]

    @property
    def home(self):
        """The country with a permission; each world has a market of its own to switch it in."""
        return f"ES{self.name}"

    def present_records(self):
        return [r for r in self.records.values() if r.source not in self.disabled]

    def present_acts(self):
        """What has been said; a yes to one topic says nothing of the others, so nothing here."""
        return [
            a
            for a in self.acts.values()
            if a.source not in self.disabled
            and a.captured <= self.now
            and not (a.topic and a.status == "granted")
        ]

    def present_orders(self):
        return [o for o in self.orders if o.source not in self.disabled and o.ordered <= self.now]

    def customer_of(self, act):
        """Whose an act is: its record's, else the first who has the contact point."""
        record = self.records.get((act.source, act.record))
        if record is not None and record.source not in self.disabled:
            return record.customer
        owners = [r.customer for r in self.present_records() if act.point in (r.email, r.phone)]
        return min(owners, default=None)

    def own(self, questions):
        """What is about this world's contact points, of answers or of open contact points."""
        marks = (f"w{self.name}x", *self.phones, *self.tokens)
        if isinstance(questions, dict):
            return {q: s for q, s in questions.items() if q[2].startswith(marks)}
        return {q for q in questions if q[1].startswith(marks)}

    def customer_points(self):
        """(customer, kind, contact point) of records and of acts that name one."""
        points = {
            (record.customer, kind, value)
            for record in self.present_records()
            for kind, value in record.points()
        }
        for act in self.present_acts():
            customer = self.customer_of(act)
            if customer is not None and act.kind is not None:
                points.add((customer, act.kind, act.point))
        return points


# ---- the oracle ------------------------------------------------------------------------------


def mailbox(kind, point):
    """One name for all spellings of a mailbox."""
    if kind != "email":
        return point
    local, domain = point.split("@")
    local = local.split("+")[0] or point.split("@")[0]
    return f"{local.replace('.', '')}@{domain}" if domain == "gmail.com" else f"{local}@{domain}"


def channels_of(act, kind):
    """Channels that an act decides on at contact points of a kind."""
    channel = "all" if act.status == "objected" else act.channel
    return [c for c, k in CHANNELS.items() if k == kind and channel in (c, "all")]


class Memory:
    """What every no has reached, build by build: (kind, mailbox) -> {act: is direct}."""

    def __init__(self):
        self.reached = {}

    def learn(self, world):
        points = world.customer_points()
        for act in world.present_acts():
            if act.status == "granted":
                continue
            customer = world.customer_of(act)
            is_about_person = (
                act.kind is None or act.status == "objected" or act.evidence == "complained"
            )
            if act.kind is not None:
                self._reach(act.kind, act.point, act, True)
            for owner, kind, point in points:
                if customer is None or owner != customer:
                    continue
                channel = "all" if act.status == "objected" else act.channel
                if channel == "all" and not is_about_person and kind != act.kind:
                    continue
                if channels_of(act, kind):
                    self._reach(kind, point, act, is_about_person)

    def _reach(self, kind, point, act, is_direct):
        acts = self.reached.setdefault((kind, mailbox(kind, point)), {})
        acts[act] = acts.get(act, False) or is_direct


def brands_of(worlds, memories):
    """Brands that anybody has decided on."""
    brands = {"*"}
    for world, memory in zip(worlds, memories, strict=True):
        brands |= {act.brand or "*" for act in world.present_acts() if act.status == "granted"}
        for acts in memory.reached.values():
            brands |= {act.brand or "*" for act in acts if act.captured <= world.now}
    return brands


def effects_of(world, memory, question):
    """(effect, captured, known, expires) of all that bears on a question."""
    customer, kind, point, channel, purpose, brand = question
    effects = []
    for act in world.present_acts():
        if act.status != "granted" or channel not in channels_of(act, kind):
            continue
        if act.purpose not in (purpose, "all") or (act.brand or "*") not in (brand, "*"):
            continue
        if act.kind is not None:
            applies = world.customer_of(act) == customer and (act.kind, act.point) == (kind, point)
        else:
            record = world.records.get((act.source, act.record))
            applies = (
                record is not None
                and record.source not in world.disabled
                and record.customer == customer
                and (kind, point) in record.points()
            )
        if not applies:
            continue
        is_explicit = (
            act.kind is not None
            and act.channel != "all"
            and act.purpose != "all"
            and (act.brand or "*") == brand
        )
        if (act.legal_basis or "consent") != "consent":
            effect = "permitted"
        else:
            effect = "explicit" if is_explicit else "general"
        effects.append((effect, act.captured, max(act.captured, act.recorded), None))
    for act, is_direct in memory.reached.get((kind, mailbox(kind, point)), {}).items():
        if act.captured > world.now or channel not in channels_of(act, kind):
            continue
        if act.purpose not in (purpose, "all"):
            continue
        if brand != "*" and (act.brand or "*") not in (brand, "*"):
            continue
        effect = "refused" if is_direct else "refused_elsewhere"
        effects.append((effect, act.captured, max(act.captured, act.recorded), None))
    if world.has_permission and purpose == "marketing" and channel == "email":
        effects += [
            ("permitted", start, start, end)
            for start, end in permitted_stretches(world, customer, point)
        ]
    return [
        (effect, captured, captured if known > world.now else known, expires)
        for effect, captured, known, expires in effects
    ]


def permitted_stretches(world, customer, point):
    countries = {
        r.country
        for r in world.present_records()
        if r.country and point in (r.email, r.phone, r.token)
    }
    if countries != {world.home}:
        return []
    days = []
    for order in world.present_orders():
        record = world.records.get((order.source, order.record))
        has_record = record is not None and record.source not in world.disabled
        if order.email == point or (
            order.customer == customer and has_record and record.email == point
        ):
            days.append(order.ordered)
    stretches = []
    for day in sorted(days):
        end = day + dt.timedelta(days=VALID_DAYS)
        if stretches and day <= stretches[-1][1]:
            stretches[-1][1] = end
        else:
            stretches.append([day, end])
    return stretches


def answer(effects, moment, knowledge):
    """The answer that held at a moment, as known at another."""
    seen = [e for e in effects if e[1] <= moment and e[2] <= knowledge]
    explicit = max((e[1] for e in seen if e[0] == "explicit"), default=None)
    refused = max((e[1] for e in seen if e[0] == "refused"), default=None)
    if refused is not None:
        return "granted" if explicit is not None and explicit > refused else "withdrawn"
    if any(e[0] in ("explicit", "general") for e in seen):
        return "granted"
    if any(e[0] == "refused_elsewhere" for e in seen):
        return None
    if any(e[0] == "permitted" and (e[3] is None or e[3] > moment) for e in seen):
        return "permitted"
    return None


def questions_of(world, brands):
    for customer, kind, point in world.customer_points():
        for channel in [c for c, k in CHANNELS.items() if k == kind]:
            for purpose in PURPOSES:
                for brand in brands:
                    yield customer, kind, point, channel, purpose, brand


# ---- the models ------------------------------------------------------------------------------


TABLES = {
    "harmonized_consents": "source_name varchar, source_record_id varchar, "
    "customer_record_id varchar, contact_point varchar, channel varchar, purpose varchar, "
    "topic varchar, brand varchar, status varchar, legal_basis varchar, capture_source varchar, "
    "text_version varchar, is_double_opt_in boolean, captured_at timestamp, "
    "recorded_at timestamp, landed_at timestamp",
    "unified_messages": "customer_id varchar, source_name varchar, source_record_id varchar, "
    "customer_record_id varchar, contact_point varchar, channel varchar, outcome varchar, "
    "outcome_at timestamp, recorded_at timestamp, landed_at timestamp",
    "identity_source_records": "source_name varchar, entity varchar, "
    "source_record_id varchar, customer_id varchar",
    "identity_map": "customer_id varchar, identifier_type varchar, identifier_value varchar, "
    "first_seen_at timestamp",
    "int_customer__record_points": "customer_id varchar, source_name varchar, "
    "source_record_id varchar, contact_point_type varchar, contact_point varchar, "
    "country_code varchar, is_verified boolean, first_seen_at timestamp, "
    "last_seen_at timestamp",
    "unified_orders": "customer_id varchar, source_name varchar, source_record_id varchar, "
    "customer_record_id varchar, email varchar, phone varchar, ordered_at timestamp, "
    "recorded_at timestamp, is_kept boolean",
    "unified_customer_attributes": "customer_id varchar, attribute varchar, value varchar, "
    "rule varchar, recorded_at timestamp",
    "consent_markets": "country_code varchar, market varchar",
    "contact_permissions": "market varchar, channel varchar, legal_basis varchar, "
    "valid_days bigint, valid_from date, is_enabled boolean",
}


class Warehouse:
    """The models on DuckDB, with the memory that stays from build to build."""

    def __init__(self):
        self.connection = duckdb.connect(config={"threads": 1})
        render = model_renderer(as_of=AS_OF)
        self.sql = {
            path.split("/")[-1]: render(f"unified_customer/{path}", "refusals" in path)
            for path in MODELS
        }
        self.first_refusals = render("unified_customer/intermediate/int_customer__refusals")
        for table, columns in TABLES.items():
            self.connection.execute(f"create table {table} ({columns})")
        self._seed(
            "consent_channels", "channel varchar, contact_point_type varchar", CHANNELS.items()
        )
        self._seed("consent_purposes", "purpose varchar", [(purpose,) for purpose in PURPOSES])

    def _seed(self, table, columns, rows):
        self.connection.execute(f"create table {table} ({columns})")
        for row in rows:
            self.connection.execute(
                f"insert into {table} values ({', '.join('?' * len(row))})", row
            )

    def forget(self):
        self.connection.execute("drop table if exists int_customer__refusals")

    def build(self, worlds):
        rows = {table: [] for table in TABLES}
        for world in worlds:
            land(world, rows)
        for table, table_rows in rows.items():
            frame = pd.DataFrame(table_rows, columns=[c.split()[0] for c in self._columns(table)])
            self.connection.execute(f"delete from {table}")
            self.connection.execute(f"insert into {table} from frame")
            assert len(frame) == len(table_rows)
        clock = f"timestamp '{worlds[0].now}'"
        for name, sql in self.sql.items():
            sql = sql.replace(f"cast('{AS_OF}' as timestamp)", clock)
            if name == "int_customer__refusals":
                if self._has_memory():
                    self.connection.execute(f"insert into {name} {sql}")
                    continue
                sql = self.first_refusals.replace(f"cast('{AS_OF}' as timestamp)", clock)
            self.connection.execute(f"create or replace table {name} as {sql}")

    def _has_memory(self):
        return bool(
            self.connection.execute(
                "select 1 from duckdb_tables() where table_name = 'int_customer__refusals'"
            ).fetchone()
        )

    def _columns(self, table):
        return TABLES[table].split(", ")

    def answers(self):
        rows = self.connection.execute(
            "select customer_id, contact_point_type, contact_point, channel, purpose, brand, "
            "status from unified_consents"
        ).fetchall()
        answers = {row[:-1]: row[-1] for row in rows}
        assert len(answers) == len(rows), "a question has two answers"
        return answers

    def history(self):
        return self.connection.execute(
            "select customer_id, contact_point_type, contact_point, channel, purpose, brand, "
            "status, valid_from, valid_to, known_from, known_to from unified_consent_history"
        ).fetchall()


def land(world, rows):
    """Add what has landed of a world to the rows of each table."""
    for record in world.present_records():
        for kind, value in record.points():
            rows["int_customer__record_points"].append(
                (
                    *(record.customer, record.source, record.key, kind, value),
                    *(record.country, False, START, START),
                )
            )
            if kind in ("email", "phone"):
                rows["identity_map"].append((record.customer, kind, value, START))
    for act in world.acts.values():
        if act.source in world.disabled:
            continue
        customer = world.customer_of(act)
        if act.evidence == "consent":
            rows["harmonized_consents"].append(
                (
                    *(act.source, act.key, act.record, act.point, act.channel, act.purpose),
                    *(act.topic, act.brand, act.status, act.legal_basis, None, None, None),
                    *(act.captured, act.recorded, None),
                )
            )
            rows["identity_source_records"].append((act.source, "consents", act.key, customer))
        elif act.captured <= world.now:  # unified_messages is cut at as_of
            rows["unified_messages"].append(
                (
                    *(customer, act.source, act.key, act.record, act.point, act.channel),
                    *(act.evidence, act.captured, act.recorded, None),
                )
            )
    for order in world.present_orders():
        rows["unified_orders"].append(
            (
                *(order.customer, order.source, order.key, order.record, order.email, None),
                *(order.ordered, order.ordered, True),
            )
        )
    rows["contact_permissions"].append(
        (world.home, "email", "soft_opt_in", VALID_DAYS, START.date(), world.has_permission)
    )
    rows["consent_markets"].append((world.home, world.home))


# ---- histories -------------------------------------------------------------------------------


def step(world, rng):
    """One thing that happens; returns its name."""
    kinds = ["register", "yes", "no", "merge", "unmerge", "regroup", "buy", "late_no", "message"]
    weights = [2, 8, 4, 5, 5, 2, 7, 3, 1]
    kinds += ["duplicate", "late_yes", "permission", "source", "change_record", "drop_record"]
    weights += [4, 2, 1, 1, 1, 1]
    kinds += ["repeat"]
    weights += [4]
    kind = rng.choices(kinds, weights)[0]
    world.number += 1
    key = f"{world.name}-{world.number}"
    records = list(world.records.values())
    customers = sorted({r.customer for r in records})
    if kind == "register" or not records:
        add_record(world, rng, key, f"c{key}")
        return "register"
    if kind == "duplicate":
        # A person registers once more, with a contact point of theirs or without.
        original = rng.choice(records)
        source = rng.choice(SOURCES)
        shared = rng.random() < 0.7
        world.records[source, key] = Record(
            source,
            key,
            original.customer if rng.random() < 0.4 else f"c{key}",
            original.email if shared else rng.choice((*world.emails, None)),
            original.phone if rng.random() < 0.5 else None,
            None,
            rng.choice((world.home, None)),
        )
    elif kind in ("yes", "late_yes", "no", "late_no"):
        add_act(world, rng, key, kind.split("_")[-1], kind.startswith("late"))
    elif kind == "repeat":
        # A source says the same again, with other times: recorded late, or found to be older.
        if not world.acts:
            return "nothing"
        act = rng.choice([*world.acts.values()])
        captured = min(max(act.captured + dt.timedelta(days=rng.randint(-9, 9)), START), world.now)
        recorded = captured + dt.timedelta(days=rng.choice((0, 0, 3, 30)))
        world.acts[act.source, key] = replace(act, key=key, captured=captured, recorded=recorded)
        return "late_yes" if act.status == "granted" else "late_no"
    elif kind == "message":
        record = rng.choice(records)
        if record.email is None:
            return "nothing"
        world.acts[record.source, key] = Act(
            *(record.source, key, record.key, record.email, "email", "marketing", None),
            *("withdrawn", None, world.now, world.now),
            evidence=rng.choice(("unsubscribed", "complained")),
        )
    elif kind == "buy":
        record = rng.choice(records)
        world.orders.append(
            Order(
                *(record.source, key, record.customer),
                rng.choice((record.email, None)),
                rng.choice((record.key, None)),
                world.now,
            )
        )
    elif kind == "merge":
        one, other = rng.choice(customers), rng.choice(customers)
        regroup(world, lambda r: one if r.customer == other else r.customer)
    elif kind == "unmerge":
        whole = rng.choice(customers)
        regroup(
            world,
            lambda r: f"c{key}" if r.customer == whole and rng.random() < 0.5 else r.customer,
        )
    elif kind == "regroup":
        regroup(world, lambda r: rng.choice(customers))
    elif kind == "permission":
        world.has_permission = not world.has_permission
    elif kind == "source":
        world.disabled ^= {rng.choice(SOURCES)}
    elif kind == "change_record":
        record = rng.choice(records)
        changed = rng.choice(
            [
                replace(record, email=rng.choice((*world.emails, None))),
                replace(record, phone=rng.choice((*world.phones, None))),
                replace(record, country=rng.choice((world.home, "FR", None))),
            ]
        )
        world.records[record.source, record.key] = changed
    elif kind == "drop_record":
        record = rng.choice(records)
        del world.records[record.source, record.key]
    return kind


def add_record(world, rng, key, customer):
    source = rng.choice(SOURCES)
    world.records[source, key] = Record(
        source,
        key,
        customer,
        rng.choice((*world.emails, None)),
        rng.choice((*world.phones, None, None)),
        rng.choice((*world.tokens, None, None)),
        rng.choice((world.home, world.home, world.home, "FR", None)),
    )


def add_act(world, rng, key, word, is_late):
    """A yes or a no, half the time a plain one about the record's address or, of a no, about the
    person; else any at all."""
    record = rng.choice([*world.records.values(), None])
    source = record.source if record else rng.choice(SOURCES)
    anything = [*world.emails, *world.phones, *world.tokens]
    if record and record.email and rng.random() < 0.5:
        point, channel, purpose, brand = record.email, "email", "marketing", None
        if word == "no" and rng.random() < 0.7:
            point, channel = None, rng.choice(("email", "all"))
    else:
        own = [value for _, value in record.points()] if record else []
        point = rng.choice([rng.choice(anything), *([None, None, *own] if record else [])])
        channel = rng.choice((*CHANNELS, "email", "all", "all"))
        purpose = rng.choice((*PURPOSES, "marketing", "all"))
        brand = rng.choice((None, None, None, "kids"))
    captured = max(world.now - dt.timedelta(days=rng.randint(1, 60) if is_late else 0), START)
    if world.acts and is_late and rng.random() < 0.4:
        captured = rng.choice([*world.acts.values()]).captured  # the same instant
    world.acts[source, key] = Act(
        source,
        key,
        record.key if record else None,
        point,
        channel,
        purpose,
        brand,
        "granted" if word == "yes" else rng.choice(("withdrawn", "withdrawn", "objected")),
        rng.choice((None, None, "consent", "legitimate_interest")) if word == "yes" else None,
        captured,
        captured + dt.timedelta(days=rng.choice((0, 0, 3, 500))),
        topic=rng.choice((None, None, None, "new arrivals")),
    )


def regroup(world, customer_of):
    """Give records to customers anew; the facts follow their records."""
    moved = {key: replace(r, customer=customer_of(r)) for key, r in world.records.items()}
    world.records = moved
    world.orders = [
        replace(order, customer=moved[order.source, order.record].customer)
        if (order.source, order.record) in moved
        else order
        for order in world.orders
    ]


def opened(answers):
    """(kind, contact point, channel, purpose, brand) that may be used, whoever's they are."""
    return {q[1:] for q, status in answers.items() if status in ("granted", "permitted")}


# What may open a contact point; a permission and a source that returns bring what they had.
MAY_OPEN = {
    "yes",
    "late_yes",
    "buy",
    "permission",
    "source",
    "change_record",
    "register",
    "duplicate",
    "drop_record",
}


@pytest.fixture(scope="module")
def warehouse():
    return Warehouse()


@settings(
    max_examples=max(1, HISTORIES // BATCH),
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),  # a batch of seeds does not get simpler
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=BATCH, max_size=BATCH))
def test_no_history_opens_a_contact_point_but_by_a_later_opt_in(warehouse, seeds):
    draws = [random.Random(seed) for seed in seeds]
    worlds = [World(name=str(number)) for number in range(len(seeds))]
    memories = [Memory() for _ in worlds]
    refusals = [set() for _ in worlds]
    before, brands = set(), set()
    warehouse.forget()
    for number in range(STEPS):
        happened = []
        for world, rng in zip(worlds, draws, strict=True):
            world.day += 1 + 7 * number % 20
            happened.append(step(world, rng))
        warehouse.build(worlds)
        for world, memory in zip(worlds, memories, strict=True):
            memory.learn(world)
        answers = warehouse.answers()
        # Of a brand that nobody had decided on, the answer was that for no particular one.
        risen = {
            (*right, brand)
            for *right, brand in opened(answers)
            if (*right, brand if brand in brands else "*") not in before
        }
        before, brands = opened(answers), brands_of(worlds, memories)
        assert answers == expected_answers(worlds, memories, brands)
        for world, name, seen in zip(worlds, happened, refusals, strict=True):
            own = world.own(answers)
            check_refusals_hold(world, own, seen)
            risen_here = world.own(risen)
            assert name in MAY_OPEN or not risen_here, (name, risen_here)
    check_history(worlds, memories, brands, warehouse.history())


class Story:
    """A world told step by step; every step is a build."""

    def __init__(self, warehouse):
        warehouse.forget()
        self.warehouse = warehouse
        self.world = World(name="7")
        self.ana, self.ana_tagged, self.bob, _, self.home, self.carla, *_ = self.world.emails

    def record(self, key, customer, email, country=None):
        self.world.records["shop", key] = Record(
            *("shop", key, customer, email, None, None, country)
        )

    def act(self, status, record=None, point=None, channel="email", day=None, purpose="marketing"):
        self.world.number += 1
        key = f"7-{self.world.number}"
        captured = START + dt.timedelta(days=self.world.day if day is None else day)
        self.world.acts["shop", key] = Act(
            *("shop", key, record, point, channel, purpose, None, status, None, captured, captured)
        )

    def buy(self, record):
        number = len(self.world.orders)
        owner = self.world.records["shop", record]
        self.world.orders.append(
            Order("shop", f"o{number}", owner.customer, owner.email, record, self.world.now)
        )

    def give(self, record, customer):
        """Merge or split: a record and its orders go to a customer."""
        regroup(self.world, lambda r: customer if r.key == record else r.customer)

    def statuses(self):
        """Build a day later: contact point -> status for marketing by e-mail."""
        self.world.day += 1
        self.warehouse.build([self.world])
        return {
            q[2]: status
            for q, status in self.warehouse.answers().items()
            if q[3:] == ("email", "marketing", "*")
        }


def test_a_no_of_the_person_stays_with_every_address_that_it_once_reached(warehouse):
    story = Story(warehouse)
    story.record("1", "c1", story.ana)
    story.record("2", "c2", story.bob)
    story.act("granted", record="2", point=story.bob)
    story.act("withdrawn", record="1", channel="all")
    assert story.statuses() == {story.ana: "withdrawn", story.bob: "granted"}
    story.give("2", "c1")
    assert story.statuses() == {story.ana: "withdrawn", story.bob: "withdrawn"}
    story.give("2", "c2")
    assert story.statuses() == {story.ana: "withdrawn", story.bob: "withdrawn"}
    story.act("granted", record="2", channel="all")  # wider than the no, so no word against it
    assert story.statuses() == {story.ana: "withdrawn", story.bob: "withdrawn"}
    story.act("granted", record="2", point=story.bob)
    assert story.statuses() == {story.ana: "withdrawn", story.bob: "granted"}


def test_a_new_record_of_somebody_who_left_opens_nothing(warehouse):
    story = Story(warehouse)
    story.record("1", "c1", story.ana, country="ES7")
    story.act("granted", record="1", point=story.ana)
    assert story.statuses() == {story.ana: "granted"}
    story.act("withdrawn", record="1", point=story.ana)
    assert story.statuses() == {story.ana: "withdrawn"}
    # The same mailbox with a tag: bought with, ticked in general, agreed to before the no.
    story.record("2", "c2", story.ana_tagged, country="ES7")
    story.buy("2")
    story.act("granted", record="2", channel="all")
    story.act("granted", record="2", point=story.ana_tagged, day=0)
    closed = {story.ana: "withdrawn", story.ana_tagged: "withdrawn"}
    assert story.statuses() == closed
    story.give("2", "c1")
    assert story.statuses() == closed
    # The record and its source go, so that nothing tells of the no any more but the memory.
    del story.world.records["shop", "1"]
    assert story.statuses() == {story.ana_tagged: "withdrawn"}
    story.world.records["crm", "3"] = Record("crm", "3", "c3", story.ana, None, None, "ES7")
    story.world.disabled.add("shop")
    assert story.statuses() == {story.ana: "withdrawn"}


def test_a_purchase_permits_nothing_to_somebody_who_ever_said_no(warehouse):
    story = Story(warehouse)
    story.record("1", "c1", story.bob, country="ES7")
    story.record("2", "c2", story.carla, country="ES7")
    story.buy("1")
    story.act("withdrawn", record="2", point=story.carla)
    assert story.statuses() == {story.bob: "permitted", story.carla: "withdrawn"}
    story.give("2", "c1")
    assert story.statuses() == {story.carla: "withdrawn"}
    story.give("2", "c2")
    story.buy("1")
    assert story.statuses() == {story.carla: "withdrawn"}


def test_at_one_instant_the_no_counts_and_a_shared_address_is_closed_to_all(warehouse):
    story = Story(warehouse)
    story.record("1", "c1", story.home)
    story.record("2", "c2", story.home)
    story.act("granted", record="1", point=story.home)
    assert story.statuses() == {story.home: "granted"}
    story.act("granted", record="1", point=story.home, day=5)
    story.act("withdrawn", record="2", point=story.home, day=5)
    story.world.day = 9
    assert story.statuses() == {story.home: "withdrawn"}
    assert len(story.warehouse.answers()) == 2


def expected_answers(worlds, memories, brands):
    expected = {}
    for world, memory in zip(worlds, memories, strict=True):
        for question in questions_of(world, brands):
            status = answer(effects_of(world, memory, question), world.now, world.now)
            if status is not None:
                expected[question] = status
    return expected


def check_refusals_hold(world, answers, refusals):
    """Rule 1, without the oracle: every no that was ever said at, or by somebody with, a contact
    point that is open now is older than an opt-in for exactly that contact point."""
    acts = world.present_acts()
    for act in acts:
        if act.status == "granted":
            continue
        if act.kind is not None:
            refusals.add((act, act.kind, mailbox(act.kind, act.point)))
        if act.kind is None or act.status == "objected" or act.evidence == "complained":
            customer = world.customer_of(act)
            for owner, kind, point in world.customer_points():
                if owner == customer:
                    refusals.add((act, kind, mailbox(kind, point)))
    for kind, point, channel, purpose, brand in opened(answers):
        opt_ins = [
            act.captured
            for act in acts
            if act.status == "granted"
            and (act.legal_basis or "consent") == "consent"
            and (act.kind, act.point, act.channel, act.purpose, act.brand or "*")
            == (kind, point, channel, purpose, brand)
        ]
        for act, refused_kind, refused_mailbox in refusals:
            if (
                act.captured <= world.now
                and (refused_kind, refused_mailbox) == (kind, mailbox(kind, point))
                and channel in channels_of(act, kind)
                and act.purpose in (purpose, "all")
                and (brand == "*" or (act.brand or "*") in (brand, "*"))
            ):
                assert any(captured > act.captured for captured in opt_ins), (point, act)


def check_history(worlds, memories, brands, rows):
    """Both times of the history: at every moment, seen from every other, the table's answer is the
    one worked out from the acts alone."""
    table = {}
    for *question, status, valid_from, valid_to, known_from, known_to in rows:
        table.setdefault(tuple(question), []).append(
            (
                status,
                valid_from,
                valid_to or dt.datetime.max,
                known_from,
                known_to or dt.datetime.max,
            )
        )
    second = dt.timedelta(seconds=1)
    asked = set()
    for world, memory in zip(worlds, memories, strict=True):
        for question in questions_of(world, brands):
            asked.add(question)
            effects = effects_of(world, memory, question)
            moments = {e[1] for e in effects} | {e[3] for e in effects if e[3]}
            moments |= {moment - second for moment in moments}
            knowledge = {e[2] for e in effects}
            knowledge |= {moment - second for moment in knowledge}
            for moment in moments:
                for known in knowledge:
                    found = [
                        status
                        for status, valid_from, valid_to, known_from, known_to in table.get(
                            question, []
                        )
                        if valid_from <= moment < valid_to and known_from <= known < known_to
                    ]
                    expected = answer(effects, moment, known)
                    assert found == ([expected] if expected else []), (question, moment, known)
    assert set(table) <= asked
