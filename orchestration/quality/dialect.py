"""DuckDB for Great Expectations.

Belongs here: the SQLAlchemy dialect that both need to work together. Does not: expectations.

Great Expectations closes a connection before it fetches the rows of the query. DuckDB streams its
results, so they are lost, and every expectation reports an exception. This dialect keeps each
result in memory before the connection is given back. Importing the module registers ``duckdb+gx://``.
"""

from __future__ import annotations

from typing import Any

from duckdb_engine import Dialect as DuckDBDialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

Context: Any = DuckDBDialect.execution_ctx_cls


class BufferedContext(Context):  # type: ignore[misc]
    """Fetches the rows as soon as a statement has run."""

    def post_exec(self) -> None:
        """Replace the cursor's stream by its rows."""
        super().post_exec()
        if self.cursor is not None and self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, initial_buffer=self.cursor.fetchall()
            )


class Dialect(DuckDBDialect):
    """duckdb_engine's dialect with buffered results."""

    execution_ctx_cls: Any = BufferedContext
    supports_statement_cache = True


registry.register("duckdb.gx", __name__, "Dialect")
