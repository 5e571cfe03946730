# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 3

# byte code is kept in one place beside the packages, also where the shell says not to write any: without it each of the
# interpreters that the tests start compiles everything again
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/bytecode

.PHONY: demo quick test test-deep check lint types tables bench bench-quick docs facts clean

demo: $(VENV)/.demo-ready
	@sh tools/demo.sh $(BIN)

# three on a machine of two cores: many tests wait for a server or another process
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

quick: $(VENV)/.test-ready  # everything but what is marked slow, with small budgets: some minutes
	PKITOOLS_TESTS=quick $(PYTEST) -m "not slow" $(PYTEST_ARGS)

test: $(VENV)/.test-ready  # everything: minutes
	$(PYTEST) $(PYTEST_ARGS)

test-deep: $(VENV)/.test-ready  # everything, with the budgets of a release (tests/conftest.py): hours
	PKITOOLS_TESTS=deep $(PYTEST) $(PYTEST_ARGS)

check: lint types

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev-ready
	$(BIN)/mypy

tables: $(VENV)/bin/python  # data in the form that an installed command reads: tools/tables.py
	$(BIN)/python -m tools.tables

bench: $(VENV)/.dev-ready tables  # goals and figures; with BENCH_ARGS=--write also docs/benchmarks.md and its plots
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-quick: $(VENV)/.dev-ready tables  # the same with less in it: within two minutes
	$(BIN)/python -m benchmarks --quick

docs: $(VENV)/.demo-ready
	$(BIN)/python -m tools.generate_docs

facts: $(VENV)/.demo-ready  # the data against the texts it was read in, where those are at hand
	$(BIN)/python -m tools.compare_facts

$(VENV)/bin/python:
	sh tools/make_venv.sh $(PYTHON) $(VENV)

$(VENV)/.demo-ready: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test-ready: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.demo-ready

$(VENV)/.dev-ready: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.test-ready $(VENV)/.demo-ready

clean:
	rm -rf $(VENV) .demo build dist
