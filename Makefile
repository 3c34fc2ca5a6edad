# Each target does the set-up that it needs, once; nothing is asked but Python 3.11 and make.
# `make` alone says what there is.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV_VERSION = 0.13.9
BIN := .venv/bin
INSTALLED := .venv/.installed
# Where it is switched off, each of the many processes of the tests compiles all of it anew.
export PYTHONDONTWRITEBYTECODE :=
CODE := emsar policies consent requests_inbox dsar manage.py

.PHONY: help run test coverage fuzz check check-types check-rest check-site bench bench-site bench-retention bench-rights load lock messages compilemessages catalogues clean

help:
	@echo 'make run     the whole site; PORT (8000) and DATA_DIR (var/) may be given'
	@echo 'make test    the whole test suite; ARGS are passed to pytest'
	@echo 'make coverage   the same, measured; below 90 % it fails'
	@echo 'make fuzz    forms and links tried with nonsense, other nonsense each time; EXAMPLES (300)'
	@echo 'make check   format, lint, types, imports, audits, deployment checks, migrations, catalogues'
	@echo 'make bench   the measurements; bench-site, bench-retention and bench-rights are its parts'
	@echo 'make load    200 visitors for a minute, and again while PostgreSQL is restarted'
	@echo 'make lock    resolve the requirements anew (UPGRADE=1: to their newest versions)'
	@echo 'make messages / compilemessages    update / compile the catalogues'
	@echo 'make clean   remove what was generated; the data in var/ and .venv/ stay'

# The environment is made by the one Python version that the lock files are for.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo 'Python 3.11 is needed; name it: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

# pip takes over where the package index is known to pip alone.
$(INSTALLED): .venv/.made requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes \
	  -r requirements-dev.txt || \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

run: $(INSTALLED)
	@$(BIN)/python -m emsar.embedded run --with-parent

# Policies are not published while the catalogues are not compiled, and a fresh clone has none.
catalogues: $(INSTALLED)
	@DJANGO_SETTINGS_MODULE=emsar.settings.test $(BIN)/python manage.py compile_messages

test: catalogues
	$(BIN)/python -m emsar.embedded exec -- $(BIN)/python -m pytest -n 4 --dist loadfile $(ARGS)

# Measuring makes Python slower by two thirds, so it is not part of every run.
coverage: catalogues
	$(BIN)/python -m emsar.embedded exec -- $(BIN)/python -m pytest -n 4 --dist loadfile \
	  --cov --cov-report=term --cov-fail-under=90 $(ARGS)

# EXAMPLES at each form and link; `make test` tries a few, the same each time.
fuzz: catalogues
	FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/python -m emsar.embedded exec -- $(BIN)/python -m pytest \
	  -n 3 --dist load --timeout 3600 tests/fuzz $(ARGS)

# The audit asks the package index whether a pinned version is known to be vulnerable.
check: $(INSTALLED)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-rest

# It takes as long as all the rest.
check-types: $(INSTALLED)
	$(BIN)/mypy $(CODE)

check-rest: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --severity-level medium $(CODE)
	$(BIN)/python .ci/audit.py requirements.txt
	$(BIN)/python -m emsar.embedded exec -- env MAKEFLAGS= $(MAKE) --no-print-directory check-site

# Under production settings; the keys are made for this one check and thrown away after it.
check-site: export DJANGO_SETTINGS_MODULE = emsar.settings.production
check-site: export EMAIL_URL = smtp://localhost:25
check-site: export TRUSTED_PROXIES = 127.0.0.0/8
check-site:
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check_messages

bench: bench-site bench-retention bench-rights

# In named folders the database works as carefully as a real one.
bench-site: catalogues
	$(BIN)/python -m emsar.embedded exec --data-dir var/bench -- $(BIN)/python -m tests.bench.run $(ARGS)

# A million requests take some minutes and about 5 GB; REQUESTS and DUE make it smaller.
bench-retention: catalogues
	rm -rf var/bench-retention
	$(BIN)/python -m emsar.embedded exec --data-dir var/bench-retention -- \
	  $(BIN)/python -m tests.bench.retention $(REQUESTS:%=--requests %) $(DUE:%=--due %)
	rm -rf var/bench-retention

# REQUESTS, also a million, and FEW (10,000) beside it.
bench-rights: catalogues
	rm -rf var/bench-rights
	$(BIN)/python -m emsar.embedded exec --data-dir var/bench-rights -- \
	  $(BIN)/python -m tests.bench.rights $(REQUESTS:%=--requests %) $(FEW:%=--few %)
	rm -rf var/bench-rights

# CLIENTS (200) and SECONDS (60) make it smaller.
load: catalogues
	$(BIN)/python -m tests.load.run $(CLIENTS:%=--clients %) $(SECONDS:%=--seconds %)

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

lock: .venv/.made
	$(LOCK) --output-file requirements.txt requirements.in
	$(LOCK) --output-file requirements-dev.txt requirements-dev.in

messages: $(INSTALLED)
	$(BIN)/python -m emsar.embedded exec -- $(BIN)/python manage.py update_messages

compilemessages: $(INSTALLED)
	$(BIN)/python -m emsar.embedded exec -- $(BIN)/python manage.py compile_messages

clean:
	rm -rf staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -f .coverage .coverage.*
	find . -path ./.venv -prune -o -path ./var -prune -o -name __pycache__ -exec rm -rf {} +
	find locale -name '*.mo' -delete
