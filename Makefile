# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: demo test check lint types bench docs clean

demo: $(VENV)/.demo-ready
	@sh tools/demo.sh $(BIN)

test: $(VENV)/.test-ready
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(PYTEST_ARGS)

check: lint types

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev-ready
	$(BIN)/mypy

bench: $(VENV)/.dev-ready
	$(BIN)/python -m benchmarks

docs: $(VENV)/.demo-ready
	$(BIN)/python tools/generate_docs.py

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
