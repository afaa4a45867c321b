# Everything runs from a checkout with nothing but Python 3.11+; the first target that needs the tools installs them.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(VENV)/uv/bin/uv
# The machine's own certificates where it has any: behind a proxy of one's own nothing else will do.
TLS := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),--system-certs)
READY := $(VENV)/.ready
PYTEST_JOBS ?= 2

.PHONY: help demo run test test-fast test-quick check bench sdk docs format lock clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Uraniborg needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)
	@$(PYTHON) -m venv $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.13"

$(READY): requirements.lock pyproject.toml sdk/pyproject.toml | $(UV)
	@echo "Installing the locked packages into $(VENV) ..."
	@$(UV) $(TLS) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) $(TLS) pip install --quiet --python $(BIN)/python --no-deps -e sdk
	@printf '#!%s\nimport sys\nsys.path.insert(0, "%s")\nfrom service.server import main\nmain()\n' \
		"$(CURDIR)/$(BIN)/python" "$(CURDIR)" > $(BIN)/uraniborg-server
	@chmod +x $(BIN)/uraniborg-server
	@touch $@

demo: $(READY) ## Start the service with an observing night in it; FITS=folder brings in your own files
	@$(BIN)/python -m demo $(if $(FITS),--fits "$(FITS)")

run: $(READY) ## Start the service alone
	@$(BIN)/uraniborg-server serve

# A real S3 server for the tests; where it cannot be had, the tests that need it say so and are skipped.
S3_SERVER := ceph-mon ceph-osd ceph-common radosgw
.PHONY: s3-server
s3-server:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg -s $(S3_SERVER) >/dev/null 2>&1; then \
		echo "Installing a real S3 server for the tests ($(S3_SERVER)) ..."; \
		(apt-get update && apt-get install -y --no-install-recommends $(S3_SERVER)) >/tmp/uraniborg-s3-install.log 2>&1 \
			|| echo "It cannot be installed here; its tests will be skipped."; fi

test: $(READY) s3-server ## Pass all tests; the slow ones (kill storms, restarts, the fuzzer) alone and last
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist loadgroup -rs -m "not slow"
	@$(BIN)/python -m pytest -rs -m slow

test-fast: $(READY) s3-server ## Pass all tests but the slow ones
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist loadgroup -rs -m "not slow"

test-quick: $(READY) ## The tests that need no server and no files
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) tests/domain -m "not shared and not slow"

check: $(READY) ## Formatting, lint, types, import contracts, drift: exactly what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python sdk/generate.py --check
	@$(BIN)/python docs/generate.py --check

bench: $(READY) ## Measure what is promised, beside its peers; ONLY=name runs one
	@$(BIN)/python -m bench $(ONLY)

sdk: $(READY) ## Write the client's wire types again from the OpenAPI document
	@$(BIN)/python sdk/generate.py

docs: $(READY) ## Write docs/access.md again from the table of access
	@$(BIN)/python docs/generate.py

format: $(READY) ## Bring the code to its form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

lock: $(UV) ## Renew requirements.lock from pyproject.toml
	@$(UV) $(TLS) pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-package uraniborg --quiet --output-file requirements.lock

clean: ## Remove the tools and caches, not the data under .uraniborg
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
