#!/usr/bin/env bash
# Makes .venv from the locks; does nothing when they are what is already installed.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted="$(cat requirements.lock requirements-reader.lock | cksum)"
installed=".venv/.installed"
if [[ -f "$installed" && "$(cat "$installed")" == "$wanted" ]]; then
    exit 0
fi

python="${PYTHON:-python3}"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer is needed; '$python' is $("$python" --version 2>&1)." \
        "Name another with: make PYTHON=python3.12 ..." >&2
    exit 1
fi

started=$SECONDS
echo "Setting up .venv from requirements.lock (once per change of the lock) ..."
rm -f "$installed"
"$python" -m venv .venv
install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes)
"${install[@]}" -r requirements.lock
# A DuckDB of the generation that most BI drivers carry: the tests open the published file with it.
"${install[@]}" --upgrade --target .venv/reader -r requirements-reader.lock
echo "$wanted" > "$installed"
echo "Set up in $((SECONDS - started)) s."
