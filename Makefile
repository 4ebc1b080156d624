# Each target sets up all it needs from nothing but Python >= 3.11, make and git.
.PHONY: help demo demo-check test test-rooms test-engine test-postgres test-journeys pictures lint fix messages openapi bench bench-engine bench-blocking setup clean
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-peers
CATALOGUES := $(wildcard src/hearthline/hub/locale/*/LC_MESSAGES/*.po)

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(READY) ## a fictional country on this machine: all parts, invented data, printed sign-ins
	@$(BIN)/hearthline demo

demo-check: $(READY) ## the same world walked through without a person; one JSON line
	@$(BIN)/hearthline demo --check

# Two at a time, the longest first, so that both cores are busy to the end.
test: $(READY) ## all checks
	$(BIN)/python tools/browser.py
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target \
		test-journeys test-rooms test-postgres test-engine lint

test-rooms: $(READY)
	$(BIN)/pytest src/hearthline/hub tests/house tests/retention

# The library, the matching service, the commands and the resolvers, which need no database.
test-engine: $(READY)
	$(BIN)/pytest src/hearthline/kit src/hearthline/matcher src/hearthline/commands tests/resolvers

# The same rooms on the other engine, a server that the run starts and removes by itself.
test-postgres: $(READY)
	HEARTHLINE_TEST_DATABASE=postgresql $(BIN)/pytest src/hearthline/hub

test-journeys: $(READY)
	$(BIN)/pytest tests/journeys tests/resilience

pictures: $(READY) ## write to test-output/ what the browser sees on the journeys
	HEARTHLINE_PICTURES=1 $(BIN)/pytest tests/journeys

lint: $(READY) ## style, types, the house's contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(READY) ## put style right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(READY) ## gather strings for translators (needs gettext), compile what is translated
	$(BIN)/python tools/messages.py gather
	$(BIN)/python tools/messages.py compile

openapi: $(READY) ## write docs/openapi.json anew, the document of the partners' interface
	$(BIN)/python tools/openapi.py

bench: $(READY) ## side-by-side measurements
	$(BIN)/python -m benchmarks.disclosure && $(BIN)/python -m benchmarks.reports
	$(BIN)/python -m benchmarks.pages && $(BIN)/python -m benchmarks.desk
	$(BIN)/python -m benchmarks.flood && $(MAKE) --no-print-directory bench-blocking

bench-engine: ## the engine beside its published peers, which live in an environment of their own
	test -d $(PEERS) || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --require-hashes -r requirements/peers.txt
	$(PEERS)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	HEARTHLINE_SIZES=1000000,10000000 $(PEERS)/bin/python -m benchmarks.engine_matching
	for part in hashing reencodings banks service scanning; do \
		$(PEERS)/bin/python -m benchmarks.engine_$$part || exit; done

bench-blocking: $(READY) ## the block list at a million entries, with the resolvers that are installed
	for part in check list dns; do $(BIN)/python -m benchmarks.blocking_$$part || exit; done

setup: $(READY) ## the virtual environment

$(READY): requirements/dev.txt pyproject.toml $(CATALOGUES)
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python tools/messages.py compile
	touch $(READY)

clean: ## remove what was made here
	rm -rf $(VENV) $(PEERS) demo-data test-output
