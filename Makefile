# Everything a newcomer needs: `make help`.
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench peers prove clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: setup.cfg pyproject.toml constraints.txt
	@echo "Making the environment in $(VENV); the first time this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: $(VENV)/.installed ## make the environment in .venv, with .venv/bin/rapport

demo: install ## the service with a simulated shop, and that shop's storefront on the next port
	@exec $(BIN)/rapport demo --port $(PORT)

test: install ## the whole everyday suite, browser tests included
	$(BIN)/pytest -m "not slow" -n 2 --dist loadfile

lint: install ## style, types and arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install ## the real-data tasks beside their references, and what activity costs
	$(BIN)/python -m tests.bench.ingest
	$(BIN)/python -m tests.bench.table

PEERS := .venv-peers/.installed .venv-rectools/.installed

.venv-peers/.installed: constraints.txt constraints-peers.txt
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -c constraints-peers.txt implicit irspack
	@touch $@

.venv-rectools/.installed: constraints-rectools.txt
	@$(PYTHON) -m venv .venv-rectools
	@.venv-rectools/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-rectools.txt rectools
	@touch $@

peers: install $(PEERS) ## others of the field on the same cases as ours; each library in an environment of its own
	$(BIN)/python -m tests.bench.peers --tune

prove: install ## the long proofs
	$(BIN)/pytest -m slow -x

clean: ## forget the environment and everything that was made
	rm -rf $(VENV) .venv-peers .venv-rectools *.egg-info build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
