"""Google Customer Match: published hash vectors and the corners of its normal forms."""

import hashlib

import duckdb
import pytest
from macro_renderer import macro_renderer

EMPTY = hashlib.sha256(b"").hexdigest()

# Vectors from Google's Data Manager documentation and formatter tests.
VECTORS = [
    (
        "email",
        "dana@example.com",
        "07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3",
    ),
    (
        "email",
        " DanaM@Example.com ",
        "1df6b43bc68dd38eca94e6a65b4f466ae537b796c81a526918b40ac4a7b906c7",
    ),
    (
        "email",
        "cloudy.sanfrancisco+shopping@gmail.com",
        "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4",
    ),
    (
        "email",
        "  ALEXZ@example.com   ",
        "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a",
    ),
    (
        "phone",
        "+1-800-555-0100",
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30",
    ),
    ("name", "  GivenName ", "128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814"),
    ("name", "Familyname", "77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574"),
]

NORMAL_FORMS = [
    ("email", "Jane.Doe+ads@gmail.com", "janedoe@gmail.com"),
    ("email", "Jane.Doe+ads@googlemail.com", "janedoe@googlemail.com"),
    ("email", "Jane.Doe+ads@example.com", "jane.doe+ads@example.com"),
    ("email", "jane doe@example.com", "janedoe@example.com"),
    ("email", "a.b@notgmail.com", "a.b@notgmail.com"),
    ("email", "+tag@gmail.com", None),
    ("email", "nobody", None),
    ("email", "a@b@example.com", None),
    ("email", "", None),
    ("email", None, None),
    ("phone", "+34 612 34 56 78", "+34612345678"),
    ("phone", "0034612345678", "+34612345678"),
    ("phone", "12", None),
    ("phone", "no number", None),
    ("phone", None, None),
    ("name", "Dr. María José", "maría josé"),
    ("name", "Smith-Jones Jr.", "smith-jones"),
    ("name", "  ", None),
    ("name", None, None),
    ("postal_code", " 28001 ", "28001"),
    ("postal_code", "sw1a 1aa", "SW1A 1AA"),
    ("postal_code", "=1+1", None),
    ("postal_code", "-2+3", None),
    ("postal_code", "@SUM(A1)", None),
    ("country", "es", "ES"),
    ("country", "Spain", None),
]


@pytest.fixture(scope="module")
def run():
    render = macro_renderer()
    connection = duckdb.connect()

    def evaluate(kind, value, hashed=False):
        expression = render(f"google_normalize_{kind}('given')")
        if hashed:
            expression = f"sha256({expression})"
        sql = f"select {expression} from (select $1::varchar as given)"
        return connection.execute(sql, [value]).fetchone()[0]

    return evaluate


@pytest.mark.parametrize(("kind", "value", "expected"), VECTORS)
def test_published_vector(run, kind, value, expected):
    assert run(kind, value, hashed=True) == expected


@pytest.mark.parametrize(("kind", "value", "expected"), NORMAL_FORMS)
def test_normal_form(run, kind, value, expected):
    assert run(kind, value) == expected


@pytest.mark.parametrize("kind", ["email", "phone", "name"])
@pytest.mark.parametrize("value", [None, "", " ", "@", "+"])
def test_nothing_is_never_hashed(run, kind, value):
    assert run(kind, value, hashed=True) != EMPTY
