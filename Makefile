# make run: everything, on a fresh machine too.  make test: all checks and tests.  Ctrl-C stops what was started.

# The first that really runs: a version manager may leave names on PATH that do not.
PYTHON ?= $(shell for name in python3.12 python3.11 python3; do \
  $$name -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
PY := $(VENV)/bin/python
CHROMIUM := $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)
JOBS ?= 4
# Whoever calls may forbid it, but here dozens of processes start: each would compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test lint bench browser clean

run: $(VENV)/installed
	@exec $(PY) app.py --with-parent

test: $(VENV)/installed-dev browser lint
	@$(PY) -m pytest -q -n $(JOBS) --dist loadgroup tests

lint: $(VENV)/installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

bench: $(VENV)/installed-dev
	@$(PY) -m pytest -q -s tests/bench

$(PY):
	@test -n "$(PYTHON)" || { echo "yanglao: Python 3.11 or 3.12 is missing (Debian: apt-get install python3)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "yanglao: no virtual environment could be made (Debian: apt-get install python3-venv)" >&2; exit 1; }

$(VENV)/installed: requirements.txt | $(PY)
	@echo "yanglao: installing packages into $(VENV) (once)"
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements.txt \
	  || { echo "yanglao: the packages of requirements.txt could not be installed; see above" >&2; exit 1; }
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "yanglao: installing what the tests need (once)"
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements-dev.txt \
	  || { echo "yanglao: the packages of requirements-dev.txt could not be installed; see above" >&2; exit 1; }
	@touch $@

# The browser tests use the machine's Chromium; Debian's is installed when that is possible, the one without windows where
# there is one: the same engine at half the work.
browser:
ifeq ($(CHROMIUM),)
	@if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "yanglao: installing Debian's chromium (once)"; \
	  { apt-get update -qq && export DEBIAN_FRONTEND=noninteractive \
	    && { apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 || apt-get install -y -qq chromium >/dev/null; }; } \
	    || echo "yanglao: chromium could not be installed; the browser tests are skipped" >&2; \
	else \
	  echo "yanglao: chromium is missing (Debian: apt-get install chromium); the browser tests are skipped" >&2; \
	fi
endif

clean:
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path "./$(VENV)/*" -type d -prune -exec rm -rf {} +
