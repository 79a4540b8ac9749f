# Thin targets over the real tools; the same commands work without make from an activated .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
export DAGSTER_HOME ?= $(CURDIR)/.dagster
export DBT_PROFILES_DIR := $(CURDIR)
export GX_ANALYTICS_ENABLED := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

# make run AS_OF="2026-06-30 12:00:00" FULL_REFRESH=1 LANDING=/data/landing PEOPLE=5000
RUN_OPTIONS := $(if $(AS_OF),--as-of "$(AS_OF)") $(if $(FULL_REFRESH),--full-refresh) \
    $(if $(LANDING),--landing "$(LANDING)") $(if $(PEOPLE),--people $(PEOPLE)) \
    $(if $(ACCEPT_ROW_CHANGE),--accept-row-change)

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 16

.PHONY: setup
setup: ## Make .venv from the locks (instant when it is current)
	@scripts/setup.sh
	@mkdir -p "$(DAGSTER_HOME)"
	@cmp -s dagster.yaml "$(DAGSTER_HOME)/dagster.yaml" || cp dagster.yaml "$(DAGSTER_HOME)/dagster.yaml"

.PHONY: run
run: setup ## Load, build, audit, publish; makes demo data when landing/ is empty
	@$(BIN)/python -m orchestration.run $(RUN_OPTIONS)

.PHONY: run-real
run-real: setup ## Run on a public data set (NAME=uci_online_retail DATA=../shared/data)
	@$(BIN)/python -m orchestration.examples "$(NAME)" --data "$(DATA)"

.PHONY: explain
explain: setup ## Why records are one customer (A='crm|7' B='email:ana@x.example', or CUSTOMER=c12...)
	@$(if $(A)$(CUSTOMER),,$(error usage: make explain A='source|key' [B='type:value'], or \
	    make explain CUSTOMER=c12...; [PICTURE=file.svg]))$(BIN)/python -m orchestration.explain_identity \
	    $(if $(A),"$(A)") $(if $(B),"$(B)") $(if $(CUSTOMER),--customer "$(CUSTOMER)") \
	    $(if $(PICTURE),--picture "$(PICTURE)")

.PHONY: review
review: setup ## What a change of the identity rules changes, against a git revision (BASE=main)
	@$(if $(BASE),,$(error usage: make review BASE=main [OUT=review] [AS_OF="2026-06-30 12:00:00"]))\
	    $(BIN)/python -m orchestration.review_identity --base "$(BASE)" \
	    $(if $(OUT),--out "$(OUT)") $(if $(AS_OF),--as-of "$(AS_OF)")

.PHONY: replay
replay: setup ## Build a lost warehouse again with its history, batch by batch; then make run
	@$(BIN)/python -m orchestration.replay

.PHONY: new-source
new-source: setup ## Draft a connector from a sample of its files (NAME=acme FILES=/data/sample)
	@$(if $(and $(NAME),$(FILES)),,$(error usage: make new-source NAME=acme FILES=/data/sample))\
	    $(BIN)/python -m orchestration.new_source "$(NAME)" "$(FILES)"

.PHONY: test
test: setup ## Every check that CI runs, with the time of each part
	@$(BIN)/python scripts/test.py $(PARTS)

.PHONY: test-spark
test-spark: setup ## The same models on Spark, rows compared with DuckDB (needs Java 17)
	@$(BIN)/python scripts/test.py spark

.PHONY: manifest
manifest: setup
	@$(BIN)/python -m orchestration.manifest > /dev/null

.PHONY: dev
dev: manifest ## Open Dagster on port 3000
	@$(BIN)/dagster dev -m orchestration.definitions

.PHONY: dashboards
dashboards: setup ## Build the dashboards again from the published file
	@$(BIN)/python -m dashboards.build

# make erase PERSON="--email ana@example.org" APPLY=1
# make lift WHAT=tombstone PERSON="--email ana@example.org" OWNER=DPO REASON="new account" APPLY=1
.PHONY: access erase restrict object lift purge
access: setup ## Write a person's whole file to the folder OUT
	@$(BIN)/python -m orchestration.data_requests access $(PERSON) --out "$(OUT)"
erase: setup ## Take a person out of everything (says what it would do without APPLY=1)
restrict: setup ## Keep a person's data and use them for nothing
object: setup ## No marketing to a person, on any channel
erase restrict object:
	@$(BIN)/python -m orchestration.data_requests $@ $(PERSON) $(if $(APPLY),--apply)
lift: setup ## End a restriction, an objection or a tombstone (WHAT=..., OWNER=..., REASON=...)
	@$(BIN)/python -m orchestration.data_requests lift "$(WHAT)" $(PERSON) --owner "$(OWNER)" \
	    --reason "$(REASON)" $(if $(CHANNEL),--channel "$(CHANNEL)") $(if $(APPLY),--apply)
purge: setup ## Take out what is older than its retention period (APPLY=1 does it)
	@$(BIN)/python -m orchestration.data_requests purge $(if $(AS_OF),--as-of "$(AS_OF)") \
	    $(if $(APPLY),--apply)

.PHONY: docs
docs: setup ## Build the catalogue of models as one static page
	@$(BIN)/dbt docs generate --static
	@echo "target/static_index.html"

.PHONY: bench
bench: setup ## Time the build at three sizes
	@$(BIN)/python -m benchmarks.build_scaling

.PHONY: bench-reading
bench-reading: setup ## Reading and harmonising beside DuckDB's own scan (ROWS=2000000)
	@$(BIN)/python -m benchmarks.reading $(if $(ROWS),--rows $(ROWS))

.PHONY: bench-identity
bench-identity: setup ## Measure components and matching beside scipy and Splink
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	    --upgrade --target .venv/bench -r requirements-bench.lock
	@$(BIN)/python -m benchmarks.components
	@$(BIN)/python -m benchmarks.matching

.PHONY: lint
lint: setup ## Check style and types
	@$(BIN)/python scripts/test.py ruff mypy sqlfluff-staging sqlfluff

.PHONY: format
format: setup ## Rewrite Python and SQL in the project's style
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix --force models tests/data

.PHONY: clean
clean: ## Remove what can be made again (not landing, warehouse or serving)
	@rm -rf target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis spark-warehouse metastore_db
