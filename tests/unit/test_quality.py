"""The gates without Great Expectations: what is expected, what a verdict means, what people see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.quality.data_docs import make_offline
from orchestration.quality.gate import Result, Verdict, exception_of, marts_of, observation
from orchestration.quality.report import write_report
from orchestration.quality.suites import (
    LandedTable,
    Mart,
    landed_suite,
    publication_suites,
)


def result(**changes: object) -> Result:
    given = {
        "table": "marts.fct_orders",
        "claim": "order_key is unique",
        "severity": "critical",
        "passed": True,
        "observed": "",
    }
    return Result(**{**given, **changes})  # type: ignore[arg-type]


def verdict(*results: Result) -> Verdict:
    return Verdict("publication", "build-1", "2026-06-30 12:00:00", results)


def test_only_critical_failures_block() -> None:
    assert verdict(result()).passed
    assert verdict(result(passed=False, severity="warning")).passed
    assert not verdict(result(), result(passed=False)).passed


def test_an_exception_blocks_even_as_a_warning() -> None:
    broken = result(passed=False, severity="warning", exception="IndexError: list index")
    assert not verdict(broken).passed


def test_a_gate_that_looked_at_nothing_has_not_passed() -> None:
    assert not verdict().passed


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (None, ""),
        ({"raised_exception": False, "exception_message": None}, ""),
        ({"raised_exception": True, "exception_message": "IndexError"}, "IndexError"),
        (
            {
                "('table.row_count', 'x', ())": {
                    "raised_exception": True,
                    "exception_message": "Gone",
                }
            },
            "Gone",
        ),
        ({"('metric', 'x', ())": {"raised_exception": False}}, ""),
        ({"raised_exception": True, "exception_message": None}, "exception"),
    ],
)
def test_exceptions_are_found_in_both_shapes(info: object, message: str) -> None:
    assert exception_of(info) == message  # type: ignore[arg-type]


def test_observations_are_short() -> None:
    assert observation({"observed_value": 12345}) == "12,345"
    assert observation({"unexpected_count": 3, "unexpected_percent": 1.5}) == "3 rows (1.50 %)"
    empty_table = {"unexpected_count": None, "unexpected_percent": None}
    assert observation(empty_table) == "0 rows (0.00 %)"


def claims(mart: Mart, previous: dict[str, int], **options: bool) -> dict[str, str]:
    suites = publication_suites([mart], previous, **options)
    return {
        expectation.claim: expectation.severity
        for suite in suites
        if suite.table == mart.table
        for expectation in suite.expectations
    }


def test_row_bands_need_a_previous_publication_of_some_size() -> None:
    mart = Mart("fct_returns", "return_key", ())
    assert not any("previous" in claim for claim in claims(mart, {}))
    assert not any("previous" in claim for claim in claims(mart, {"fct_returns": 99}))
    band = claims(mart, {"fct_returns": 1000})
    assert band["At least 50% of the 1,000 rows of the previous publication"] == "critical"
    assert band["At most 10 times the 1,000 rows of the previous publication"] == "warning"


def test_an_accepted_row_change_is_still_reported() -> None:
    mart = Mart("fct_returns", "return_key", ())
    band = claims(mart, {"fct_returns": 1000}, accept_row_change=True)
    assert band["At least 50% of the 1,000 rows of the previous publication"] == "warning"


def test_shares_of_small_landed_tables_only_warn() -> None:
    small = landed_suite(LandedTable("landing_x", "t", "id", True, 20))
    large = landed_suite(LandedTable("landing_x", "t", "id", True, 20_000))
    assert small.expectations[1].severity == "warning"
    assert large.expectations[1].severity == "critical"


def test_marts_are_read_from_the_manifest() -> None:
    model = {
        "resource_type": "model",
        "schema": "marts",
        "alias": "fct_orders",
        "columns": {
            "order_key": {"data_type": "string"},
            "units": {"data_type": "bigint"},
            "city": {"data_type": "string"},
        },
    }
    unique = {
        "resource_type": "test",
        "test_metadata": {"name": "unique"},
        "attached_node": "model.p.fct_orders",
        "column_name": "order_key",
    }
    working = {**model, "schema": "marts_work", "alias": "int_core__x"}
    nodes = {"model.p.fct_orders": model, "test.p.u": unique, "model.p.int_core__x": working}
    assert marts_of({"nodes": nodes}) == [Mart("fct_orders", "order_key", ("order_key", "city"))]


def test_the_report_opens_offline_and_puts_trouble_first(tmp_path: Path) -> None:
    page = tmp_path / "publication.html"
    write_report(
        page,
        verdict(
            result(table="marts.a"),
            result(table="marts.b", passed=False, observed="<script>alert(1)</script>"),
        ).as_json(),
    )
    html = page.read_text()
    assert not re.search(r"(src|href)=", html)
    assert "<script>" not in html
    assert html.index("marts.b") < html.index("marts.a")
    assert "refused" in html


def test_data_docs_lose_what_they_would_fetch(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(
        "<html><head>"
        '<link rel="stylesheet" href="https://cdn.example/bootstrap.css">'
        '<script src="https://cdn.example/jquery.js"></script>'
        '<link rel="stylesheet" href="static/styles/x.css">'
        "</head><body><p>kept</p></body></html>"
    )
    make_offline(page)
    html = page.read_text()
    assert "cdn.example" not in html
    assert "static/styles/x.css" in html
    assert "<p>kept</p>" in html
