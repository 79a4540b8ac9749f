"""Phones against the phonenumbers library (Google's libphonenumber), over every country it knows.

The numbers are drawn from the library's own examples of numbers that people have (mobile, fixed,
over the internet, personal), with the digits behind the area changed at random; the library judges
which of them are valid. Numbers of services (free, premium) are nobody's own and are not read.
"""

import random
import re

import duckdb
import phonenumbers
import pytest
from macro_renderer import macro_renderer

KINDS = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.VOIP,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
)
ACCESS_CODES = {"US": "011", "CA": "011"}  # elsewhere 00, where the library says so
DRAWS = 15


def planned_countries():
    """Countries whose national numbers are read."""
    text = macro_renderer.__globals__["MACROS"] / "normalize" / "normalize_phone.sql"
    return re.findall(r"'country': '([A-Z]{2})'", text.read_text())


def numbers_of(country, rng):
    """Valid numbers of people of one country."""
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(country, kind)
        if example is None:
            continue
        digits = phonenumbers.national_significant_number(example)
        for _ in range(DRAWS):
            kept = rng.randint(len(digits) // 2, len(digits) - 1)
            drawn = digits[:kept] + "".join(rng.choice("0123456789") for _ in digits[kept:])
            try:
                number = phonenumbers.parse(f"+{example.country_code}{drawn}", None)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                yield number


@pytest.fixture(scope="module")
def read():
    """Normalises (text, country) pairs in one query; country None = none stated."""
    render = macro_renderer(default_country_code="ES")
    connection = duckdb.connect()
    connection.execute("create table given (number bigint, phone varchar, country varchar)")

    def evaluate(pairs):
        connection.execute("delete from given")
        connection.executemany(
            "insert into given values (?, ?, ?)",
            [(number, phone, country) for number, (phone, country) in enumerate(pairs)],
        )
        sql = render("normalize_phone('phone', 'country')")
        rows = connection.execute(f"select {sql} from given order by number").fetchall()
        return [row[0] for row in rows]

    return evaluate


def e164(number):
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written(country, number):
    """The ways in which people of a country write a number of it."""
    formats = phonenumbers.PhoneNumberFormat
    national = phonenumbers.format_number(number, formats.NATIONAL)
    international = phonenumbers.format_number(number, formats.INTERNATIONAL)
    yield national, country
    yield national.replace(" ", ".").replace("-", " "), country.lower()
    yield f"Tel. {national}", country
    yield international, country
    yield international, None
    yield f"({international.replace(' ', ') ', 1)}", country
    yield e164(number), country
    if access := access_code(country):
        yield international.replace("+", access, 1), country


def access_code(country):
    """What is dialled for + in a country; None where there are several ways."""
    prefix = phonenumbers.PhoneMetadata.metadata_for_region(country).international_prefix
    return ACCESS_CODES.get(country, "00" if re.fullmatch(prefix, "00") else None)


def test_national_and_international_numbers_of_the_planned_countries(read):
    rng = random.Random(99)
    cases = [
        (pair, e164(number))
        for country in planned_countries()
        for number in numbers_of(country, rng)
        for pair in written(country, number)
    ]
    assert len(cases) > 3_000
    results = read([pair for pair, _ in cases])
    wrong = [
        (pair, expected, result)
        for (pair, expected), result in zip(cases, results, strict=True)
        if result != expected
    ]
    assert not wrong, (len(wrong), wrong[:10])


def test_international_numbers_of_every_country(read):
    rng = random.Random(8)
    numbers = [
        number
        for country in sorted(phonenumbers.SUPPORTED_REGIONS)
        for number in numbers_of(country, rng)
    ]
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    results = read(
        [(phonenumbers.format_number(number, international), "ES") for number in numbers]
    )
    wrong = [
        (e164(number), result)
        for number, result in zip(numbers, results, strict=True)
        if result != e164(number)
    ]
    assert not wrong, (len(wrong), wrong[:10])


def test_what_is_read_is_possible_and_the_same_number(read):
    """Of any digits at all: nothing is read that the library holds to be impossible, and what is
    read is the number that the library reads. 00 stands for + everywhere here, also where people
    dial something else, and a number without + that begins with the digits of its own country's
    calling code can be read in two ways: neither is compared."""
    rng = random.Random(12)
    countries = planned_countries()
    pairs = []
    for _ in range(6_000):
        country = rng.choice(countries)
        digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(3, 15)))
        pairs.append((rng.choice(["", "", "+", "0"]) + digits, country))
    wrong = []
    read_count = 0
    for (phone, country), result in zip(pairs, read(pairs), strict=True):
        if result is None:
            continue
        read_count += 1
        try:
            number = phonenumbers.parse(result, None)
        except phonenumbers.NumberParseException:
            wrong.append((phone, country, result))
            continue
        if not phonenumbers.is_possible_number(number) or e164(number) != result:
            wrong.append((phone, country, result))
            continue
        calling_code = str(phonenumbers.country_code_for_region(country))
        if phone.startswith(calling_code) or (
            phone.startswith("00") and access_code(country) != "00"
        ):
            continue
        judged = parsed(phone, country)
        if judged is not None and phonenumbers.is_valid_number(judged) and e164(judged) != result:
            wrong.append((phone, country, result, e164(judged)))
    assert read_count > 500
    assert not wrong, (len(wrong), wrong[:10])


def parsed(phone, country):
    try:
        return phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
