"""Normalisers against values worked out by hand from the numbering plans and country lists."""

import duckdb
import pytest
from macro_renderer import macro_renderer


@pytest.fixture(scope="module")
def run():
    render = macro_renderer()
    connection = duckdb.connect()

    def evaluate(expression, *values):
        columns = ", ".join(f"${index + 1}::varchar as v{index}" for index in range(len(values)))
        sql = f"with given as (select {columns}) select {render(expression)} from given"
        return connection.execute(sql, list(values)).fetchone()[0]

    return evaluate


PHONES = [
    # value, country, E.164
    ("612345678", None, "+34612345678"),
    ("612 34 56 78", "ES", "+34612345678"),
    ("+34 612-345-678", None, "+34612345678"),
    ("(+34) 612 345 678", None, "+34612345678"),
    ("0034612345678", None, "+34612345678"),
    ("+0034612345678", None, "+34612345678"),
    ("34612345678", None, "+34612345678"),
    ("Tel: 912 345 678", None, "+34912345678"),
    ("912345678 ext. 12", None, "+34912345678"),
    ("912345678x12", None, "+34912345678"),
    ("966 666 666", None, "+34966666666"),
    ("912345678", "PT", "+351912345678"),
    ("351 912 345 678", "PT", "+351912345678"),
    ("06 12 34 56 78", "FR", "+33612345678"),
    ("+33 (0)6 12 34 56 78", "ES", "+33612345678"),
    ("0151 12345678", "DE", "+4915112345678"),
    ("030 123456", "DE", "+4930123456"),
    ("4915112345678", "DE", "+4915112345678"),
    ("06 698 1234", "IT", "+39066981234"),
    ("347 123 4567", "IT", "+393471234567"),
    ("+39 06 698 1234", None, "+39066981234"),
    ("020 7946 0958", "GB", "+442079460958"),
    ("+44 (0)20 7946 0958", None, "+442079460958"),
    ("07700 900123", "gb", "+447700900123"),
    ("(415) 555-2671", "US", "+14155552671"),
    ("1-415-555-2671", "CA", "+14155552671"),
    ("+1 415 555 2671", None, "+14155552671"),
    ("011 34 612 345 678", "US", "+34612345678"),
    ("0034 612345678", "FR", "+34612345678"),
    ("612345678", "", "+34612345678"),
    ("+81 90 1234 5678", None, "+819012345678"),
    # not numbers
    ("61234567", None, None),
    ("6123456789", None, None),
    ("112345678", None, None),
    ("999999999", None, None),
    ("+34999999999", None, None),
    ("0000000000", None, None),
    ("+999123456789", None, None),
    ("+34", None, None),
    ("+1 115 555 2671", None, None),
    ("90 1234 5678", "JP", None),
    ("no phone", None, None),
    ("612345678a", None, None),
    ("6+12345678", None, None),
    ("", None, None),
    (None, None, None),
]


@pytest.mark.parametrize(("value", "country", "expected"), PHONES)
def test_phone(run, value, country, expected):
    if country in (None, ""):
        assert run("normalize_phone('v0')", value) == expected
    assert run("normalize_phone('v0', 'v1')", value, country) == expected


def test_the_e164_form_is_a_fixed_point(run):
    for value, country, expected in PHONES:
        if expected:
            assert run("normalize_phone('v0')", expected) == expected, (value, country)


def test_default_country_is_a_setting():
    sql = macro_renderer(default_country_code="FR")("normalize_phone(\"'0612345678'\")")
    assert duckdb.connect().execute(f"select {sql}").fetchone() == ("+33612345678",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ES", "ES"),
        ("es ", "ES"),
        ("ESP", "ES"),
        ("España", "ES"),
        ("SPAIN", "ES"),
        ("uk", "GB"),
        ("United Kingdom", "GB"),
        ("U.S.A.", "US"),
        ("EE. UU.", "US"),
        ("Estados Unidos", "US"),
        ("Côte d'Ivoire", "CI"),
        ("Deutschland", "DE"),
        ("NIGER", "NE"),
        ("Nigeria", "NG"),
        ("XX", None),
        ("Spainn", None),
        ("", None),
        ("|", None),
        ("ES:ES|", None),
        (None, None),
    ],
)
def test_country_code(run, value, expected):
    assert run("normalize_country_code('v0')", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  María  del   Mar ", "María del Mar"),
        ("Jo\x00sé", "Jo sé"),
        ("O'Brien", "O'Brien"),
        ("李小龙", "李小龙"),
        ("N/A", None),
        ("-", None),
        ("  ", None),
        (None, None),
    ],
)
def test_name(run, value, expected):
    assert run("normalize_name('v0')", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("María-José", "mariajose"),
        ("MARIA  JOSE", "mariajose"),
        ("Mari\u0301a", "maria"),  # a combining accent
        ("Muñoz", "munoz"),
        ("Ωmega", "ωmega"),
        ("123", None),
        (None, None),
    ],
)
def test_name_key(run, value, expected):
    assert run("name_key('v0')", value) == expected


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        ("28001", "ES", "28001"),
        ("8001", "ES", "08001"),
        ("8001", "AT", "8001"),
        ("sw1a 1aa", "GB", "SW1A1AA"),
        ("1000-205", "PT", "1000205"),
        ("00000", "ES", None),
        ("x", "ES", None),
        ("12345678901", "ES", None),
        (None, "ES", None),
    ],
)
def test_postal_code(run, value, country, expected):
    assert run("normalize_postal_code('v0', 'v1')", value, country) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Ana.Lopez@Example.COM ", "ana.lopez@example.com"),
        ("ana@example", None),
        ("ana@@example.com", None),
        ("ana example.com", None),
        ("", None),
        (None, None),
    ],
)
def test_email(run, value, expected):
    assert run("normalize_email('v0')", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("MARIA DEL MAR", "Maria del Mar"),
        ("josé luis", "José Luis"),
        ("ana-belén", "Ana-Belén"),
        ("O'BRIEN", "O'Brien"),
        ("D'ANGELO-SMITH", "D'Angelo-Smith"),
        ("L'HOSPITALET DE LLOBREGAT", "L'Hospitalet de Llobregat"),
        ("las palmas de gran canaria", "Las Palmas de Gran Canaria"),
        ("ÁNGELA", "Ángela"),
        ("McDonald", "McDonald"),
        ("van der Berg", "van der Berg"),
        ("李小龙", "李小龙"),
        (None, None),
    ],
)
def test_tidy_name(run, value, expected):
    assert run("tidy_name('v0')", value) == expected


@pytest.mark.parametrize(
    ("value", "first", "second"),
    [
        ("García López", "García", "López"),
        ("de la Torre Ruiz", "de la Torre", "Ruiz"),
        ("DE LA TORRE DEL RÍO", "de la Torre", "del Río"),
        ("Ortega y Gasset", "Ortega", "Gasset"),
        ("Puig i Cadafalch", "Puig", "Cadafalch"),
        ("Del Río", "Del Río", None),
        ("García", "García", None),
        ("García-Pelayo Ruiz", "García-Pelayo", "Ruiz"),
        ("El Amrani", "El Amrani", None),
        ("Ruiz de Alarcón", "Ruiz", "de Alarcón"),
        (None, None, None),
    ],
)
def test_two_family_names(run, value, first, second):
    assert run("first_family_name(tidy_name('v0', starts_upper=false))", value) == first
    assert run("second_family_name(tidy_name('v0', starts_upper=false))", value) == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C/ Mayor, nº 12 - 3º B", "Calle Mayor 12, 3 B"),
        ("AVDA. de la Constitución 5", "avenida de la constitucion 5"),
        ("Pza. España, 1", "Plaza de España 1".replace("de ", "")),
        ("Pº Castellana num. 100", "Paseo Castellana, 100"),
        ("Cl. Real 7", "calle real, 7"),
    ],
)
def test_address_key_is_one_for_the_spellings_of_an_address(run, one, other):
    assert run("address_key('v0')", one) == run("address_key('v0')", other)


def test_address_key_keeps_addresses_apart(run):
    addresses = ["Calle Mayor 1", "Calle Mayor 12", "Calle Mayor 1 2", "Plaza Mayor 1"]
    assert len({run("address_key('v0')", address) for address in addresses}) == len(addresses)


TEXTS = [
    ("e123", "e123"),
    ("a-1_2.3/4?b=5&c=~", "a-1_2.3/4?b=5&c=~"),
    (' it\'s a "C:\\x" ', 'it\'s a "C:\\x"'),
    ("  e1 ", "e1"),
    ("a b", "a b"),
    ("\te1\r\n", "e1"),
    ("a\x00b\x7fc", "a b c"),
    ("señor-1", "señor-1"),
    ("\u00a0e1\u3000", "e1"),
    ("a\u00a0b", "a\u00a0b"),
    ("", None),
    ("   ", None),
    ("\x1f", None),
    (None, None),
]


@pytest.mark.parametrize("macro", ["clean_text", "clean_id"])
@pytest.mark.parametrize(("value", "expected"), TEXTS)
def test_text_is_without_control_characters_and_outer_blanks(run, macro, value, expected):
    assert run(f"{macro}('v0')", value) == expected


@pytest.mark.parametrize(
    "word",
    [
        "NULL",
        "null",
        "(null)",
        "NaN",
        "None",
        "nil",
        "N/A",
        "#N/A",
        "NA",
        "\\N",
        "undefined",
        " - ",
        "--",
        "?",
    ],
)
def test_a_word_for_nothing_is_no_id(run, word):
    assert run("clean_id('v0')", word) is None


@pytest.mark.parametrize("value", ["0", "-1", "nullable", "none-1", "N/A-7", "undefined1", "n"])
def test_what_only_resembles_a_word_for_nothing_is_an_id(run, value):
    assert run("clean_id('v0')", value) == value
