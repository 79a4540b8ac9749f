"""Run models of the project on a DuckDB connection without a dbt process.

For measurements and property tests, where a dbt start of seconds would drown what is measured or
allow only a handful of examples. The same files run: models, macros and seeds are rendered with the
part of dbt's Jinja context that they use. Contracts, hooks of the project and tests are dbt's own
business and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import jinja2

from orchestration.yaml_files import read_yaml

yaml_once = cache(read_yaml)  # every runner of a process reads the same files
ROOT = Path(__file__).resolve().parents[1]
MATERIALIZATIONS = re.compile(r"{%-?\s*materialization\b.*?endmaterialization\s*-?%}", re.S)
MACRO_TAG = re.compile(r"{%(-?) macro ")
REFERENCE = re.compile(r"ref\('(\w+)'")
WORD = re.compile(r"\w+")
MACRO_NAME = re.compile(r"macro dbt_macro__(\w+)\(")


def apply_settings(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the settings of profiles.yml, but for those that come from outside."""
    profile = yaml_once(ROOT / "profiles.yml")["customer_data_platform"]["outputs"]["duckdb"]
    for name, value in profile["settings"].items():
        if "{{" not in str(value):
            connection.execute(f"set {name} = '{value}'")


class _Returned(Exception):
    """Carries the value of dbt's return() out of a macro, as dbt itself does."""

    def __init__(self, value: object) -> None:
        self.value = value


@dataclass(frozen=True)
class Relation:
    """A table by name, with what the macros ask of dbt's relations."""

    identifier: str
    schema: str = "main"
    database: str = ""

    def incorporate(self, path: Mapping[str, str] | None = None, type: str = "table") -> Relation:
        """The relation with another name."""
        return Relation((path or {}).get("identifier", self.identifier), self.schema, self.database)

    def __str__(self) -> str:
        """The quoted name, as SQL."""
        return f'"{self.identifier}"'


class _Rows:
    """A result as agate gives it: rows by index or name, columns with values()."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        fetched = cursor.fetchall() if cursor.description else []
        names = [column[0] for column in cursor.description or []]
        self.rows = [_Row(names, row) for row in fetched]
        self.columns = [
            SimpleNamespace(values=lambda index=index: [row[index] for row in fetched])
            for index in range(len(names))
        ]


class _Row(tuple[Any, ...]):
    """A row that answers by position and by column name."""

    _names: list[str]

    def __new__(cls, names: list[str], values: Sequence[Any]) -> _Row:
        row = super().__new__(cls, values)
        row._names = names
        return row

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self._names.index(key) if isinstance(key, str) else key)


class _Model:
    """What macros ask of the node that is being built; its YAML is read when its columns are."""

    def __init__(self, columns_of: Callable[[str], list[dict[str, Any]]]) -> None:
        self.name = ""
        self._columns_of = columns_of

    @property
    def columns(self) -> dict[str, SimpleNamespace]:
        return {column["name"]: SimpleNamespace(**column) for column in self._columns_of(self.name)}


class ModelRunner:
    """Builds models into one DuckDB connection, one schema, by their own names."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        variables: Mapping[str, Any] | None = None,
        graph: Mapping[str, Any] | None = None,
    ) -> None:
        """variables: dbt vars that differ from dbt_project.yml; graph: the manifest, if needed."""
        self.connection = connection
        project = yaml_once(ROOT / "dbt_project.yml")
        self.variables = {**project["vars"], **(variables or {})}
        self.models = {path.stem: path for path in (ROOT / "models").rglob("*.sql")}
        self.seeds = {path.stem: path for path in (ROOT / "seeds").rglob("*.csv")}
        self.built: set[str] = set()
        self._config: dict[str, Any] = {}
        ((database,),) = connection.execute("select current_database()").fetchall()
        self._relation = partial(Relation, database=database)
        self._this = self._relation("")
        self._full_refresh = False
        self._exists = False
        # Macros keep what they were handed when they were loaded, so one object serves all models.
        self._model = _Model(self.columns_of)
        self._in_transaction = False
        self._templates: dict[str, jinja2.Template] = {}
        self._environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            autoescape=False,  # noqa: S701  (SQL, not HTML)
        )
        self._globals = cast(dict[str, Any], self._environment.globals)
        self._globals.update(self._context(), graph=graph, project_name=project["name"])
        self._macro_sources: dict[str, str] = {}
        self._macros: dict[str, Any] = {}
        self._find_macros()

    def compile(self, *names: str) -> None:
        """Compile the macros that models and the models that they read may call, before a clock."""

        def visit(text: str) -> None:
            words = set(WORD.findall(text))
            words |= {f"{kind}_sql" for kind in words}  # the steps of a materialisation
            for name in sorted(words & self._macro_sources.keys() - self._macros.keys()):
                self._compile_file_of(name)
                visit(self._macro_sources[name])

        for model in self.ordered(names):
            visit(self.models[model].read_text(encoding="utf-8"))

    def render(self, expression: str) -> str:
        """A Jinja expression, such as a call of a macro, as text."""
        return self._environment.from_string("{{ " + expression + " }}").render()

    def call(self, macro: str, *arguments: Any, **named: Any) -> Any:
        """What a macro returns or renders."""
        function: Callable[..., Any] = self._globals[macro]
        return function(*arguments, **named)

    def load_seed(self, name: str) -> None:
        """A seed as a table, with the types that its YAML gives."""
        types = self._seed_types(name)
        header = self.seeds[name].read_text(encoding="utf-8").split("\n", 1)[0].strip().split(",")
        columns = ", ".join(f"'{column}': '{types.get(column, 'varchar')}'" for column in header)
        self.connection.execute(
            f"create or replace table {name} as select * from read_csv("
            f"'{self.seeds[name]}', header = true, delim = ',', quote = '\"', escape = '\"', "
            f"columns = {{{columns}}})"
        )

    def build(self, *names: str, full_refresh: bool = False) -> None:
        """Build models, in the order given."""
        for name in names:
            self._build(name, full_refresh)

    def _build(self, name: str, full_refresh: bool) -> None:
        self._config = {}
        self._this = self._relation(name)
        self._full_refresh = full_refresh
        self._model.name = name
        template = self._templates.get(name)
        if template is None:
            template = self._environment.from_string(self.models[name].read_text(encoding="utf-8"))
            self._templates[name] = template
        self._exists = bool(
            self.connection.execute(
                "select 1 from duckdb_tables() "
                "where database_name = current_database() and table_name = ?",
                [name],
            ).fetchone()
        )
        sql = template.render()
        kind = self._config.get("materialized", "table")
        if kind == "incremental" and self._is_incremental():
            self._append(name, sql)
        else:
            self._replace(self._this, self._globals.get(f"{kind}_sql"), sql)
        hooks = self._config.get("post_hook", [])
        for hook in [hooks] if isinstance(hooks, str) else hooks:
            text = self._environment.from_string(hook).render()
            if text.strip():
                self.connection.execute(text)
        self.built.add(name)

    def build_with_parents(self, *names: str, full_refresh: bool = False) -> None:
        """Build models and the models that they read, as far as these are not there yet."""
        for name in self.ordered(names):
            if name in names or name not in self.built:
                self._build(name, full_refresh)

    def ordered(self, names: Sequence[str]) -> list[str]:
        """The named models and those that they read, parents first; given tables end the search."""
        done: dict[str, None] = {}
        given = {
            row[0]
            for row in self.connection.execute(
                "select table_name from information_schema.tables "
                "where table_catalog = current_database()"
            ).fetchall()
        } - self.built

        def visit(name: str) -> None:
            if name in done or name not in self.models or name in given:
                return
            for parent in REFERENCE.findall(self.models[name].read_text(encoding="utf-8")):
                visit(parent)
            done[name] = None

        for name in names:
            visit(name)
        return list(done)

    def create_empty(self, name: str, *, if_absent: bool = True) -> None:
        """A model as an empty table, with the columns and types of its YAML."""
        columns = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in self.columns_of(name))
        self.connection.execute(
            f'create table {"if not exists" if if_absent else ""} "{name}" ({columns})'
        )

    def columns_of(self, name: str) -> list[dict[str, Any]]:
        """The columns that the YAML of a model lists."""
        for path in self.models[name].parent.glob("_*__models.yml"):
            for model in yaml_once(path).get("models", []):
                if model["name"] == name:
                    columns: list[dict[str, Any]] = model.get("columns", [])
                    return columns
        return []

    def run_steps(
        self, kind: str, name: str, sql: str, *, full_refresh: bool = False, **config: Any
    ) -> None:
        """Build a table with a materialisation of steps, from SQL that no model holds.

        kind: name of the materialisation, such as connected_components. config: as of a model.
        """
        self._config = config
        self._this = self._relation(name)
        self._full_refresh = full_refresh
        self._replace(self._this, self._globals[f"{kind}_sql"], sql)

    def _is_incremental(self) -> bool:
        return (
            self._exists
            and self._config.get("materialized") == "incremental"
            and not (self._full_refresh and self._config.get("full_refresh", True))
        )

    def _replace(self, table: Relation, steps: Callable[..., Any] | None, sql: str) -> None:
        try:
            self._replace_in_steps(table, steps, sql)
            self._end_transaction("commit")
        except BaseException:
            self._end_transaction("rollback")
            raise

    def _replace_in_steps(
        self, table: Relation, steps: Callable[..., Any] | None, sql: str
    ) -> None:
        if steps is not None:
            self.call("drop_working_tables", table)
            sql = steps(table, sql)
        if sql:  # steps may have changed the table in place
            self.connection.execute(f'create or replace table "{table.identifier}__new" as {sql}')
            self.connection.execute(f"drop table if exists {table}")
            self.connection.execute(
                f'alter table "{table.identifier}__new" rename to "{table.identifier}"'
            )
        if steps is not None:
            self.call("drop_working_tables", table)

    def _append(self, name: str, sql: str) -> None:
        self.connection.execute(f'create or replace temp table "{name}__rows" as {sql}')
        keys = self._config.get("unique_key")
        if keys:
            match = " and ".join(
                f"target.{key} = rows.{key}" for key in ([keys] if isinstance(keys, str) else keys)
            )
            self.connection.execute(
                f'delete from "{name}" as target using "{name}__rows" as rows where {match}'
            )
        self.connection.execute(f'insert into "{name}" by name select * from "{name}__rows"')
        self.connection.execute(f'drop table "{name}__rows"')

    def _seed_types(self, name: str) -> dict[str, str]:
        for path in self.seeds[name].parent.glob("_*__seeds.yml"):
            for seed in yaml_once(path).get("seeds", []):
                if seed["name"] == name:
                    types = (seed.get("config") or {}).get("column_types", {})
                    return {column: kind for column, kind in types.items()}
        return {}

    def _run_query(self, sql: str) -> _Rows:
        return _Rows(self.connection.execute(str(sql)))

    def _statement(self, name: str | None = None, *, caller: Callable[[], str]) -> str:
        """As dbt's: opens a transaction, where none is, which the end of the node closes."""
        if not self._in_transaction:
            self.connection.execute("begin transaction")
            self._in_transaction = True
        self.connection.execute(caller())
        return ""

    def _end_transaction(self, how: str) -> None:
        if self._in_transaction:
            self.connection.execute(how)
            self._in_transaction = False

    def _context(self) -> dict[str, Any]:
        def dispatch(name: str) -> Any:
            found = self._globals.get(f"duckdb__{name}")
            return found or self._globals.get(f"default__{name}")

        def leave(value: object) -> None:
            raise _Returned(value)

        def refuse(message: str) -> None:
            raise ValueError(message)

        def configure(**settings: Any) -> str:
            self._config.update(settings)
            return ""

        class Config:
            def __call__(self, **settings: Any) -> str:
                return configure(**settings)

            def get(inner, name: str, default: Any = None) -> Any:
                return self._config.get(name, default)

        class This:
            def __str__(inner) -> str:
                return str(self._this)

            def __getattr__(inner, name: str) -> Any:
                return getattr(self._this, name)

        return {
            "execute": True,
            "adapter": SimpleNamespace(dispatch=dispatch, type=lambda: "duckdb"),
            "var": lambda name, default=None: self.variables.get(name, default),
            "return": leave,
            "modules": SimpleNamespace(re=re),
            "exceptions": SimpleNamespace(raise_compiler_error=refuse),
            "run_query": self._run_query,
            "statement": self._statement,
            "log": lambda *_, **__: "",
            "config": Config(),
            "this": This(),
            "model": self._model,
            "is_incremental": self._is_incremental,
            "ref": lambda name: self._relation(name),
            "source": lambda source, name: self._relation(f"{source}_{name}"),
            "target": SimpleNamespace(type="duckdb", schema="main"),
            "run_started_at": datetime.now(UTC),
            "should_full_refresh": lambda: self._full_refresh,
        }

    def _find_macros(self) -> None:
        """Make every macro callable; its file is compiled when it is called first."""
        # The prefix keeps a call inside a file from finding the bare macro: all go through globals.
        for path in sorted((ROOT / "macros").rglob("*.sql")):
            source = MACRO_TAG.sub(
                r"{%\1 macro dbt_macro__",
                MATERIALIZATIONS.sub("", path.read_text(encoding="utf-8")),
            )
            for name in MACRO_NAME.findall(source):
                self._macro_sources[name] = source
                self._globals[name] = partial(self._call_macro, name)

    def _call_macro(self, name: str, /, *arguments: Any, **named: Any) -> Any:
        if name not in self._macros:
            self._compile_file_of(name)
        try:
            return self._macros[name](*arguments, **named)
        except _Returned as returned:
            return returned.value

    def _compile_file_of(self, macro: str) -> None:
        module = self._environment.from_string(self._macro_sources[macro]).make_module()
        for name, compiled in vars(module).items():
            self._macros[name.removeprefix("dbt_macro__")] = compiled
