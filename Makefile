# `make demo` and `make test` are all a newcomer needs; each sets up its own environment.

PYTHON ?= python3
BOOT := .uv
UV := $(BOOT)/bin/uv
UV_VERSION := 0.13.9
RUN := .venv/bin/python
STAMP := .venv/.synced
# Downloads stay in this folder too.
export UV_CACHE_DIR := $(CURDIR)/$(BOOT)/cache
OTHERS := 3.12 3.13
# Not of the core: what tests our tools, our pages and other programs, or how we attack.
BESIDE := accuracy benchmarks cli_scripts crash disclosure_browser docs statistics_attacks wheel
# Material announces its successor at every build; this is how it asks to be silenced.
SITE = NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict

.PHONY: help demo test test-others check docs accuracy bench crash format lock clean
.DEFAULT_GOAL := help

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP)  ## Run the main job from a report to a match and away again (files in demo-out/)
	$(RUN) examples/main_job.py --out demo-out

test: $(STAMP)  ## Run the test suite
	$(RUN) -m pytest $(PYTEST_ARGS)

test-others: $(STAMP)  ## Run the core tests on the other Pythons this machine has
	@for version in $(OTHERS); do \
	  if found=$$(bash scripts/find-python.sh $$version); then \
	    echo "Python $$version: $$found"; \
	    UV_PROJECT_ENVIRONMENT=.venv-$$version $(UV) sync --frozen --quiet --python "$$found" \
	      --all-extras --no-default-groups --group test --group bench && \
	    .venv-$$version/bin/python -m pytest -q \
	      $(BESIDE:%=--ignore=tests/test_%.py) $(PYTEST_ARGS) || exit 1; \
	  else echo "Python $$version: not on this machine, not tested"; fi; \
	done

check: $(STAMP)  ## Lint, format and type checks, and the documents built strictly
	$(UV) lock --check --quiet
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(RUN) -m pytest -q tests/test_architecture.py
	$(SITE)

docs: $(STAMP)  ## Build the documents as a site (files in site/)
	$(SITE)

accuracy: $(UV)  ## Measure the second factors on labelled data and write the page
	UV_PROJECT_ENVIRONMENT=.venv-accuracy $(UV) run --frozen --quiet --no-default-groups \
	  --group accuracy --extra chinese python -m accuracy --write

crash: $(STAMP)  ## Kill it 300 times while it writes, and show what a restart finds
	$(RUN) -m crash --kills 300

N ?= 10000,100000
bench: $(STAMP)  ## Measure beside the incumbent and the floors (N=10000,100000,1000000)
	$(RUN) -m benchmarks --all --n $(N)

format: $(STAMP)  ## Rewrite the code in the house's format
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

lock: $(UV)  ## Resolve the locked versions anew
	$(UV) lock --upgrade

clean:  ## Remove everything that these commands made
	rm -rf $(BOOT) .venv .venv-* demo-out crash-out dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(UV):
	$(PYTHON) -m venv $(BOOT)
	$(BOOT)/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check uv==$(UV_VERSION)

$(STAMP): $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --python $(PYTHON) --all-extras
	@touch $@
