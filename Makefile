# The example that `make workbook` builds.
EXAMPLE = profiles/anxiety-five.yaml

# More words for the command behind a target: make test ARGS="-k plan"
ARGS =

# Paths stay relative, so that a folder with spaces in its name works.
BIN = .venv/bin

.DEFAULT_GOAL = help
.PHONY: help setup workbook test check check-format check-lint check-types check-layers check-content messages bench lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything, the system's Pango included where it can; PYTHON=python3.13 chooses a Python
	@sh tools/setup.sh

workbook: setup ## build the first example into build/
	$(BIN)/workbook build $(EXAMPLE)

test: setup ## run all tests
	$(BIN)/python -m pytest $(ARGS)

check: setup ## format, lint, types, layers, and the findings of `workbook check`
	@$(MAKE) --no-print-directory --keep-going check-format check-lint check-types check-layers check-content

check-format:
	$(BIN)/ruff format --check .

check-lint:
	$(BIN)/ruff check .

check-types:
	$(BIN)/mypy

check-layers:
	$(BIN)/lint-imports

check-content:
	$(BIN)/workbook check

messages: setup ## write the layout's words anew for translators: workbook_builder/locale/workbook.pot
	$(BIN)/pybabel -q extract -F babel.cfg -k say -k _words -k words -k count:1,2 --omit-header --no-location \
		--sort-output -o workbook_builder/locale/workbook.pot .

bench: setup ## run the benchmarks
	$(BIN)/python -m benchmarks $(ARGS)

# The oldest supported Python knows every package that any of the newer ones needs; the other way round is not true.
# ARGS=--upgrade takes the newest versions, ARGS="--upgrade-package weasyprint" those of one package.
lock: setup ## write requirements.lock anew from pyproject.toml; ARGS=--upgrade takes the newest versions
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "make lock needs Python 3.11: make setup PYTHON=python3.11" >&2; exit 1; }
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe \
		--strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
		--output-file requirements.lock $(ARGS) pyproject.toml

clean: ## remove what was made here but not what stands in build/: those may be clients' workbooks
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	rm -f workbook_builder/fonts/*.ttf
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
