# Needs Python 3.11 or newer, make and git. Everything else lands in .venv.
# PYTHON=python3.13 chooses the interpreter, VENV=.venv-3.13 where it installs, PORT= and HOST= where `make run` listens.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
# Other virtual environments and uv's own settings stay out of it; packages beyond the lock (uv, pip) stay in.
SYNC := env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/python -m uv sync \
	--quiet --frozen --inexact --no-config --python $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help run demo test test-sqlite test-postgres deployed deployed-sqlite deployed-postgres browser
.PHONY: fuzz fuzz-sqlite fuzz-postgres prove prove-all prove-sqlite prove-postgres bench bench-peers load
.PHONY: lint openapi client docs docs-serve audit types clean

help: ## List these commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "make %-11s %s\n", $$1, $$2 }'

run: $(VENV)/.runs ## Install, prepare the databases, load the demo and serve on 127.0.0.1:8000
	@$(BIN)/python manage.py prepare
	@$(BIN)/python manage.py demo
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

demo: $(VENV)/.runs ## Load the demo catalog, its stock and a development key
	@$(BIN)/python manage.py prepare
	@$(BIN)/python manage.py demo

# Three at once on two cores, as tests wait now and then; the longest first.
test: $(VENV)/.tests ## Run lint, types, tests on SQLite and tests on PostgreSQL, all but what takes whole processes
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target test-postgres test-sqlite lint types test-without

test-sqlite: $(VENV)/.tests
	$(BIN)/pytest --quiet --database=sqlite --using-databases --binding=direct

test-postgres: $(VENV)/.tests
	$(BIN)/pytest --quiet --database=postgres --using-databases --binding=wire

test-without: $(VENV)/.tests
	$(BIN)/pytest --quiet --using-none

deployed: $(VENV)/.tests ## Start servers, workers, brokers and Celery as deployed, move data, and kill them, on both engines
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target deployed-sqlite deployed-postgres

deployed-sqlite deployed-postgres: deployed-%: $(VENV)/.tests
	$(BIN)/pytest --quiet -m deployed --database=$*

# A run that fails has said so, and the count that comes last fails with it.
prove: $(VENV)/.tests ## Kill, pause and cut off whoever carries orders, let crowds in, plant bugs, and count what went wrong, on both engines
	@rm -rf var/proven
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target prove-sqlite prove-postgres || true
	@$(BIN)/python -m tests.faults.tally

prove-all: export TEARLINE_FAULTS = all
prove-all: prove ## The same at every visit of every crash point, in every scenario (hours)

prove-sqlite prove-postgres: prove-%: $(VENV)/.tests
	$(BIN)/pytest --quiet -m faults --database=$* tests/faults

# Two at once on two cores. SEED=2 asks otherwise, FUZZ_EXAMPLES=200 asks more.
fuzz: $(VENV)/.tests ## Ask every operation of the API what its description allows and forbids, as four people, on both engines
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target fuzz-sqlite fuzz-postgres

fuzz-sqlite fuzz-postgres: fuzz-%: $(VENV)/.tests
	$(BIN)/pytest --quiet -m fuzz --database=$* --show-capture=no tests/fuzz

browser: $(VENV)/.tests ## See the page as a person does: tests in Chromium, which root gets from Debian if it is missing
	@which chromium chromedriver >/dev/null || test "$$(id -u)" != 0 || \
		{ apt-get update -q && apt-get install -qy --no-install-recommends chromium chromium-driver; }
	$(BIN)/pytest -m browser tests/browser

bench: $(VENV)/.tests ## Measure orders, events, recovery, a long past, guarded and remote calls, a module that leaves, beside their limits (ten minutes)
	@$(BIN)/python -m benchmarks

bench-peers: $(VENV)/.tests ## Measure the bare workflow beside DBOS and a Celery chain
	@$(BIN)/python -m benchmarks peers

load: $(VENV)/.tests ## Ask once, twice and four times as much of a shop as it can answer, and see what it answers in time (four minutes)
	@$(BIN)/python -m benchmarks load

# Strict: a package that could not be looked up is no package without a vulnerability.
audit: $(VENV)/.tests ## Look up what is locked among known vulnerabilities; needs PyPI
	@$(BIN)/python -m uv export --quiet --frozen --no-config --all-extras --no-emit-project --output-file $(VENV)/locked.txt
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off --requirement $(VENV)/locked.txt

lint: $(VENV)/.tests ## Check import contracts, what is generated from them, what modules promise, and style
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py allowed_calls --check
	$(BIN)/python manage.py boundaries check
	$(BIN)/python manage.py contracts check
	$(BIN)/python manage.py docs --check
	$(BIN)/ruff check
	$(BIN)/ruff format --check

# What lints it comes from npm, by its own lock; nothing that it brings along is run while it is installed.
openapi: $(VENV)/.tests ## Lint the description of the API, for which Node.js 20 or newer with npm must be there
	@command -v npm >/dev/null || { echo "Needs Node.js 20 or newer with npm: see https://nodejs.org"; exit 1; }
	@cd tests/openapi && npm ci --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/python -m tests.openapi

client: $(VENV)/.tests ## Write the Python client in clients/python anew, from the description of the API
	@$(BIN)/python manage.py openapi --output var/openapi.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/openapi-python-client generate --path var/openapi.json --meta none --overwrite \
		--config clients/python/generator.yaml --output-path clients/python/tearline_client

types: $(VENV)/.tests ## Check types
	$(BIN)/mypy

docs: $(VENV)/.tests ## Write docs/reference anew and build the site of all pages in var/site
	@$(BIN)/python manage.py docs
	@$(BIN)/zensical build --strict --clean
	@$(BIN)/python manage.py docs --beside var/site

docs-serve: docs ## The same, to be read on 127.0.0.1:8001
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory var/site 8001

clean: ## Remove what was installed and built; keeps var/, where the data is
	rm -rf $(VENV) dist staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Named after the version of PYTHON, so that another one makes the environment again.
MADE := $(VENV)/.python-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, as in: make PYTHON=python3.13")'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'
	@touch $@

# One stamp each for what running and what testing needs: going back and forth installs nothing twice.
$(VENV)/.runs: pyproject.toml uv.lock $(MADE)
	@echo "Installing into $(VENV) what running needs"
	@$(SYNC) --no-dev
	@touch $@

# Compiled once, not by every process that a test starts: where Python may write no bytecode that is most of a start.
$(VENV)/.tests: pyproject.toml uv.lock $(MADE)
	@echo "Installing into $(VENV) what testing needs"
	@$(SYNC) --compile-bytecode
	@touch $(VENV)/.runs $@
