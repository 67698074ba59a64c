# Face the Music: the commands a newcomer needs. `make` alone lists them.
# Plain POSIX make and sh; everything is installed into .venv, which may be deleted at any time.

VENV = .venv
PYTHON = $(VENV)/bin/python
PIP = $(PYTHON) -m pip install --disable-pip-version-check
# The lock is complete (--no-deps): it leaves out TensorFlow, for which one package asks in vain.
LOCKED = --no-deps --require-hashes -r requirements-serve.txt
SERVE = $(VENV)/serve
LOWEST = $(VENV)/lowest
PYTORCH = $(VENV)/pytorch
PORT = 8501
ARGS =

.PHONY: help run test test-fast test-serve test-lowest test-pytorch coverage mutate lint fuzz lock pictures bench load soak words train-emotion train-pytorch train-mood train-sound

help: ## list these commands
	@awk -F ': .*## |: ## ' '/^[a-z-]+:.* ## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/app.stamp ## serve the page on http://127.0.0.1:8501 (PORT=... for another port)
	$(PYTHON) -m streamlit run main.py --server.address 127.0.0.1 --server.port $(PORT) \
		--server.headless true --browser.gatherUsageStats false

# Two at a time, but for those that need both cores for themselves. Where ARGS select tests of one kind
# only, pytest finds none of the others: 5, which is no failure.
test: lint ## run every test, the browser's too
	$(PYTHON) -m tests.browser.chromium
	@failed=0; none=5; \
	for kind in "not browser" "browser and not alone" "alone"; do \
		both="-n 2 --dist loadfile"; test "$$kind" != alone || both=; \
		$(PYTHON) -m pytest -m "$$kind" $$both $(ARGS); got=$$?; \
		test $$got -eq 5 || none=0; \
		test $$got -eq 0 -o $$got -eq 5 || { failed=$$got; break; }; \
	done; \
	test $$failed -eq 0 || exit $$failed; exit $$none

test-fast: $(VENV)/dev.stamp ## run the unit tests that take no seconds: under a minute in all
	$(PYTHON) -m pytest tests/unit tests/training -m "not slow" $(ARGS)

# An environment with nothing but the lock and the tools of the tests, as servers have it. Training's
# packages cannot be imported there (the check fails if they can): what needs them is left out by name,
# and any other test that does fails.
test-serve: $(VENV)/bin/pip ## run the tests that serving must pass, without training's packages
	$(PYTHON) -m venv --clear $(SERVE)
	$(SERVE)/bin/python -m pip install --disable-pip-version-check -q -r requirements-test.txt
	$(SERVE)/bin/python -m pip install --disable-pip-version-check -q $(LOCKED)
	$(SERVE)/bin/python -m tests.lock
	@echo "Left out, since training's packages are missing here: tests/training, and what is marked" \
		"\"training\"; what is marked \"sound\", since requirements-sound.txt is. The browser's tests: make test."
	$(SERVE)/bin/python -m pytest tests/unit tests/contract -m "not training and not sound" -n 2 --dist loadfile $(ARGS)

# Of what the lists name, the lowest version that they allow; of what those bring, the newest.
test-lowest: $(VENV)/dev.stamp ## run the tests with the lowest versions that the lists allow
	$(PYTHON) -m uv pip compile -q --upgrade --resolution lowest-direct --python $(PYTHON) \
		--output-file $(VENV)/lowest.txt requirements.txt requirements-dev.txt
	$(PYTHON) -m uv venv -q --clear --seed --python $(PYTHON) $(LOWEST)
	$(PYTHON) -m uv pip install -q --python $(LOWEST)/bin/python -r $(VENV)/lowest.txt
	$(LOWEST)/bin/python -m pytest tests/unit tests/training tests/contract -n 2 --dist loadfile $(ARGS)

test-pytorch: $(PYTORCH)/stamp ## run the tests of training in PyTorch (6 GB to install)
	KERAS_BACKEND=torch $(PYTORCH)/bin/python -m pytest tests/training/pytorch $(ARGS)

# Without the test of a full disk, on which what is measured would find no room either. Coverage's
# own report, last, fails below the share that pyproject.toml asks for.
coverage: $(VENV)/dev.stamp ## measure which lines and branches the tests reach (without browser)
	$(PYTHON) -m pytest -m "not browser" --cov --cov-report= --cov-fail-under=0 \
		--deselect tests/unit/test_label.py::test_a_full_disk_gets_a_sentence_and_the_command_goes_on $(ARGS)
	@$(PYTHON) -m coverage json -q --fail-under=0 -o - | $(PYTHON) -c 'import json, sys; print( \
		"lines: {percent_statements_covered:.1f} % ({covered_lines} of {num_statements}), " \
		"branches: {percent_branches_covered:.1f} % ({covered_branches} of {num_branches})" \
		.format(**json.load(sys.stdin)["totals"]))'
	$(PYTHON) -m coverage report

# What is changed and which tests must notice stands in pyproject.toml; what none did, in docs/mutation.md.
mutate: $(VENV)/dev.stamp ## change choosing/ and emotion/image.py a little, again and again: do tests notice?
	$(VENV)/bin/mutmut run --max-children 2 $(ARGS)
	$(VENV)/bin/mutmut results

lint: $(VENV)/dev.stamp ## check style, formatting and types
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	@wc -l main.py $$(find emotion i18n music_mood page serving telemetry -name '*.py') | awk '$$1 > 250 && $$2 != "total" \
		{ print "A question: is " $$2 " still one thing? It has " $$1 " lines." }'

fuzz: $(VENV)/dev.stamp ## 200 000 broken inputs for all that takes some from outside (ARGS="--help")
	$(PYTHON) -m tests.fuzz $(ARGS)

# For Python 3.11 and up on every system, each version with its hashes. Versions that stand there stay
# while they fit; ARGS="--upgrade" takes the newest.
lock: $(VENV)/dev.stamp ## pin what servers install, after a change of requirements.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--excludes requirements-serve-without.txt --custom-compile-command "make lock" \
		--output-file requirements-serve.txt $(ARGS) requirements.txt

pictures: $(VENV)/dev.stamp ## photograph every state of the page into test-results/states (ARGS="start ...")
	$(PYTHON) -m tests.browser.chromium
	$(PYTHON) -m tests.browser.pictures $(ARGS)

bench: $(VENV)/dev.stamp ## measure start, photo, frame and memory; prints a Markdown table
	$(PYTHON) -m tests.browser.chromium
	$(PYTHON) -m tests.bench.page $(ARGS)

load: $(VENV)/dev.stamp ## measure 1 to 200 visitors at once; prints a Markdown table (ARGS="20 100")
	$(PYTHON) -m tests.load.table $(ARGS)

soak: $(VENV)/dev.stamp ## ten visitors coming and going for ten minutes: memory must stay flat (ARGS="--help")
	$(PYTHON) -m tests.load.soak $(ARGS)

words: $(VENV)/dev.stamp ## bring the translations' catalogues up to date; lists what is missing
	$(PYTHON) -m i18n.catalogue

train-emotion: $(VENV)/dev.stamp ## train the emotion model, or go on training (ARGS="--help")
	$(PYTHON) -m emotion.training.train $(ARGS)

train-pytorch: $(PYTORCH)/stamp ## the same for resnets in PyTorch, in half the time on a CPU (ARGS="resnet-48 ...")
	KERAS_BACKEND=torch $(PYTORCH)/bin/python -m emotion.training.pytorch.train $(ARGS)

train-mood: $(VENV)/dev.stamp ## train the mood model (ARGS="--help")
	$(PYTHON) -m music_mood.model.training.train $(ARGS)

train-sound: $(VENV)/dev.stamp ## learn what heard features mean, from recordings that are fetched (4 GB, Debian)
	$(PYTHON) -m music_mood.sound.training.gather runs/sound
	$(PYTHON) -m music_mood.sound.training.train runs/sound $(ARGS)

# A stamp is younger than the lists it stands for: pip runs only when a list has changed.
$(VENV)/app.stamp: $(VENV)/bin/pip requirements-serve.txt
	@echo "Installing what the app needs (the first time takes a minute or two, and 1.2 GB) ..."
	$(PIP) $(LOCKED)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/app.stamp requirements.txt requirements-dask.txt requirements-test.txt requirements-sound.txt requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@

# Apart from the rest, for its size.
$(PYTORCH)/stamp: $(VENV)/bin/pip requirements.txt requirements-test.txt requirements-pytorch.txt
	$(PYTHON) -m venv --clear $(PYTORCH)
	$(PYTORCH)/bin/python -m pip install --disable-pip-version-check -r requirements-pytorch.txt
	@touch $@

# bin/pip is the last thing `python -m venv` makes: a half-made .venv does not count as made.
$(VENV)/bin/pip:
	@for python in python3.11 python3.12 python3.13 python3; do \
		$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
			&& exec $$python -m venv $(VENV); \
	done; \
	echo "Face the Music needs Python 3.11, 3.12 or 3.13, and found none: install one (on" \
		"Debian: apt install python3 python3-venv) and try again." >&2; \
	exit 1
