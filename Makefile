# Each target sets up what it needs. Only make and Python 3.11 or later are assumed.
PYTHON ?= python3
BIN := .venv/bin
GUIDE := guides/qwen3-vl-32b-on-rtx-pro-6000
PICTURE := build/demo.svg
PIP := $(BIN)/python -m pip --disable-pip-version-check
PEERS := build/peers/bin/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check bench mutants docs calibrate accuracy lock clean

help:
	@echo "make demo     the guide's scenario: its table, its claims, and its derivation as a picture"
	@echo "make test     everything that CI runs: check, then the tests"
	@echo "make check    ruff, pyright strict, import layers"
	@echo "make bench    roofsheet beside plain Python, NumPy, numba, pint, modelx, Hamilton and others, held to its marks"
	@echo "make mutants  what share of broken formulas the checks refuse"
	@echo "make docs     write docs/literature.md anew: the audit of the guides"
	@echo "make calibrate  fit the constants of the engine sheets anew to the bundled measured rows, and write them in"
	@echo "make accuracy write the tables of docs/accuracy.md anew: predictions of rows that were left out"
	@echo "make lock     write requirements.lock anew, with the newest versions"
	@echo "make clean    remove all that make made"

demo: .venv/.ready
	@mkdir -p $(dir $(PICTURE))
	@$(BIN)/roofsheet show $(GUIDE)
	@$(BIN)/roofsheet diagram $(GUIDE) -o $(PICTURE)
	@echo $(PICTURE)

test: check
	$(BIN)/pytest -n auto --maxprocesses 8 --dist loadfile

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# ONLY=guide runs one section, ONLY="guide kernels" two; benchmarks/bench.py lists them.
bench: build/peers/.ready
	@build/peers/bin/python benchmarks/bench.py $(ONLY)

mutants: .venv/.ready
	@$(BIN)/python benchmarks/mutants.py

docs: .venv/.ready
	$(BIN)/roofsheet audit guides/ --report docs/literature.md

calibrate: .venv/.ready
	$(BIN)/roofsheet fit measurements/calibration --engine all --update scenarios/sheets/engines

accuracy: .venv/.ready
	$(BIN)/roofsheet validate measurements/calibration --leave-out group --by source --plot docs/images/accuracy.svg \
	  --report docs/accuracy.md

# .venv/link/roofsheet is the package under its own name, for pyright.
.venv/.ready: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "roofsheet needs Python 3.11 or later, and $(PYTHON) is %d.%d: make PYTHON=python3.12, say" % sys.version_info[:2])'
	"$(PYTHON)" -m venv --clear .venv
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q *.py cli diagrams graph measuring scenarios sweeps units
	mkdir -p .venv/link && ln -s ../.. .venv/link/roofsheet
	@touch $@

# The tool that locks has an environment of its own: it is needed when the lock cannot be installed, too.
lock: build/lock/.ready
	build/lock/bin/pip-compile --quiet --upgrade --extra dev --generate-hashes --allow-unsafe --strip-extras \
	  --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --output-file requirements.lock pyproject.toml

# The oldest Python chooses: what it can run, the newer ones can.
build/lock/.ready: Makefile
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "lock with the oldest Python that roofsheet supports: make lock PYTHON=python3.11")'
	"$(PYTHON)" -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet pip-tools==7.6.2
	@touch $@

# What roofsheet is measured against has an environment of its own, which neither tests nor the lock know of. A peer that
# cannot be installed is left out, and the tables say so.
build/peers/.ready: benchmarks/peers.txt requirements.lock pyproject.toml
	"$(PYTHON)" -m venv --clear build/peers
	$(PEERS) install --quiet --require-hashes -r requirements.lock
	$(PEERS) install --quiet --no-deps -r benchmarks/peers.txt || \
	  for pin in $$(grep -v '^#' benchmarks/peers.txt); do $(PEERS) install --quiet --no-deps $$pin || true; done
	$(PEERS) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
