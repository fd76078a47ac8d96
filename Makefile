# steppe.  `make run` and `make test` set themselves up: they need make and a Python >= 3.12.
#
#   make run                             the Chabahar scenario, against the baseline
#   make run SCENARIO=baseline ARGS="--members 50"
#   make test ARGS="-k corridor"         the tests
#   make PYTHON=/path/to/python3.13 run  choose the interpreter

SCENARIO ?= chabahar_completion
ARGS ?=
JOBS ?= 2
BIN = .venv/bin

export PYTHON
unexport PYTHONPATH PYTHONHOME

.PHONY: help run test lint bench schema docs validation calibration seminar site locks clean core dev

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile

core:
	@sh tools/setup.sh core

dev:
	@sh tools/setup.sh dev

run: core ## run SCENARIO (the Chabahar scenario) and say where results and figures are
	@$(BIN)/steppe run $(SCENARIO) $(ARGS)

test: dev ## run the tests
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

lint: dev ## check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: dev ## measure speed and memory
	@$(BIN)/python benchmarks/run.py

schema: core ## regenerate the JSON schema of scenario files
	@$(BIN)/steppe schema > .schema.tmp && mv .schema.tmp scenarios/scenario.schema.json

docs: dev ## regenerate the reference pages
	@$(BIN)/python tools/build_docs.py

site: dev ## build docs/ as one site: build/site/index.html
	@$(BIN)/python -m sphinx -b html -W --keep-going -q -d build/doctrees docs build/site

validation: dev ## run the backcasts and the baseline, rewrite docs/validation.md and docs/nowcast.md
	@$(BIN)/python tools/build_validation.py

calibration: dev ## calibrate on 2001-09 (minutes), rewrite data/posterior.csv, the baseline's draws from it and docs/calibration.md
	@$(BIN)/steppe calibrate --workers $(JOBS) --out runs/calibration
	@cp runs/calibration/posterior.csv model/steppe/data/posterior.csv
	@cp runs/calibration/calibration.json docs/calibration.json
	@$(BIN)/python tools/take_sample.py
	@$(BIN)/python tools/build_docs.py

seminar: dev ## run what the seminar page ships (minutes): its first screen, who gains and loses
	@$(BIN)/python tools/measure_levers.py
	@$(BIN)/python tools/build_seminar.py
	@$(BIN)/python tools/build_docs.py

locks: ## resolve the dependencies anew (needs uv)
	@sh tools/lock.sh

clean: ## remove the environment and caches, keep runs
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist .schema.tmp
	find model tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
