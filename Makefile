# make demo            the window, from a fresh clone to a running app; make demo ARGS="--source virtual" passes options
# make test            lint, types, import contracts and all tests
# make train-smoke     every step of training in two minutes; too few for a network to learn anything
# make train-learn     ten minutes of training on two cores that visibly learn; ends with figures and a picture
# make train-own       fine-tunes MobileNet25 for three virtual people and compares it with a plain calibration; 15 minutes
# make faults          tests/FAULTS.md again: runs the tests that break something on purpose
# make api             pages of the Python interface from its docstrings, in build/api/
# make kills           a recording killed 100 times at random moments, and as often a full and a lost disk: each has to open
# make fuzz           100,000 damaged files for each parser; make fuzz ARGS="--only lens --seconds 60" for less
# make screenshots     docs/*.png again; their figures are measured meanwhile, so let nothing else run
# make wheel           the source archive and the wheel, in dist/

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
SMOKE := runs/smoke
LEARN := runs/learn
OWN := runs/own
XVFB := xvfb-run --auto-servernum --server-args="-screen 0 1600x1000x24"

# The installed metadata follows these two.
PROJECT := pyproject.toml constraints.txt

.PHONY: demo test lint types contracts tests faults fuzz train-smoke train-learn train-own kills api wheel readme constraints
.PHONY: clean screenshots system-demo system-test
.DELETE_ON_ERROR:
.NOTPARALLEL:

demo: $(VENV)/.demo-installed
	@$(BIN)/gaze-demo $(ARGS)

test: lint types contracts tests

lint: $(VENV)/.test-installed
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

types: $(VENV)/.test-installed
	$(BIN)/mypy --no-error-summary

contracts: $(VENV)/.test-installed
	$(BIN)/lint-imports --no-cache > $(VENV)/contracts.log || { cat $(VENV)/contracts.log; exit 1; }

tests: $(VENV)/.test-installed
	$(XVFB) $(BIN)/pytest $(ARGS)

faults: $(VENV)/.test-installed
	$(XVFB) $(BIN)/pytest -q -m fault --faults tests/FAULTS.md $(ARGS)

fuzz: $(VENV)/.test-installed
	$(BIN)/python tests/fuzz/run.py $(ARGS)

train-smoke: $(VENV)/.test-installed
	rm -rf $(SMOKE)
	$(BIN)/gaze-train data --renderer procedural --faces 300 --shard 150 --out $(SMOKE)/data
	$(BIN)/gaze-train teacher training/configs/smoke.toml --set network.width=0.5 --data $(SMOKE)/data --out $(SMOKE)/teacher
	$(BIN)/gaze-train distill training/configs/smoke.toml --set scheme.name=bounded --data $(SMOKE)/data \
	    --teacher $(SMOKE)/teacher/network.pt --out $(SMOKE)/student
	$(BIN)/gaze-train export $(SMOKE)/student/network.pt --out $(SMOKE)/student.onnx
	$(BIN)/gaze-demo track assets/portrait.jpg --model $(SMOKE)/student.onnx --out $(SMOKE)/gaze.csv

api: $(VENV)/.test-installed
	$(BIN)/python -m pdoc gaze_demo.api gaze_demo.pipeline gaze_demo.session.columns gaze_demo.sink.sink --output-directory build/api

kills: $(VENV)/.test-installed
	GAZE_DEMO_KILLS=100 $(BIN)/pytest tests/app/session/test_repair.py -k killed $(ARGS)
	GAZE_DEMO_KILLS=100 $(BIN)/pytest tests/app/session/test_failing_disk.py $(ARGS)

train-learn: $(VENV)/.test-installed
	$(BIN)/gaze-train data --renderer procedural --faces 3000 --shard 250 --seed 1 --out $(LEARN)/data
	$(BIN)/gaze-train data --renderer procedural --faces 400 --shard 200 --seed 2 --out $(LEARN)/held-out
	$(BIN)/gaze-train teacher training/configs/learn-teacher.toml --data $(LEARN)/data --out $(LEARN)/teacher
	$(BIN)/gaze-train distill training/configs/learn.toml --data $(LEARN)/data \
	    --teacher $(LEARN)/teacher/network.pt --out $(LEARN)/student
	$(BIN)/gaze-train export $(LEARN)/student/network.pt --out $(LEARN)/student.onnx
	$(BIN)/gaze-train evaluate response $(LEARN)/held-out --model $(LEARN)/teacher/network.pt \
	    --model $(LEARN)/student.onnx --picture $(LEARN)/learnt.png
	@echo "The picture of what was learnt is $(LEARN)/learnt.png, the student is $(LEARN)/student.onnx."

train-own: $(VENV)/.test-installed
	rm -rf $(OWN) && mkdir -p $(OWN)
	$(BIN)/gaze-train data --faces 2000 --seed 5 --out $(OWN)/others
	$(BIN)/gaze-train data --faces 400 --seed 6 --out $(OWN)/other-people
	set -e; for name in amara finn ivo; do to=$(OWN)/$$name; \
	    $(BIN)/gaze-demo calibrate --source virtual:$$name --headless --model mobilenet25 --points 16 --validation 20 \
	        --record $$to-first.npz; \
	    $(BIN)/gaze-demo calibrate --source virtual:$$name --headless --model mobilenet25 --head moving --seed 1 \
	        --validation 20 --record $$to-second.npz; \
	    $(BIN)/gaze-train data --read sittings-fit --source $$to-first.npz --out $$to/fit; \
	    $(BIN)/gaze-train data --read sittings-validation --source $$to-first.npz --out $$to/left-out; \
	    $(BIN)/gaze-train distill own --from mobilenet25 --teacher mobilenet25 --data $$to/fit \
	        --unlabelled $(OWN)/others --validation $$to/left-out --device cpu --out $$to/run; \
	    $(BIN)/gaze-train export $$to/run/network.pt --out $$to/mobilenet25-own.onnx; \
	done
	set -e; for name in amara finn ivo; do to=$(OWN)/$$name; echo "$$name:"; \
	    $(BIN)/gaze-train evaluate calibrated $$to-first.npz $$to-second.npz --model mobilenet25 \
	        --model $$to/mobilenet25-own.onnx; \
	    $(BIN)/gaze-train evaluate response $(OWN)/other-people --model mobilenet25 --model $$to/run/network.pt; \
	done

wheel: $(VENV)/.test-installed
	rm -rf dist
	$(BIN)/python -m build --no-isolation > $(VENV)/build.log || { cat $(VENV)/build.log; exit 1; }
	@ls -sh dist

# The tables of the README: from contracts, cards, the point test in training/README.md and docs/CALIBRATION.md.
readme: $(VENV)/.test-installed
	$(BIN)/python tools/readme_models.py

screenshots: $(VENV)/.test-installed
	$(XVFB) $(BIN)/python tools/screenshots.py

# Pins what is installed now; newer Pythons than the one here may lack wheels of the pins, older ones do.
constraints:
	@echo "# What the tests run with; 'make constraints' writes it. Older Pythons follow the ranges of pyproject.toml." > constraints.new
	@$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu//; s/$$/; python_version >= "3.11"/' >> constraints.new
	@mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

system-demo:
	@sh tools/system-packages.sh demo $(PYTHON)

system-test:
	@sh tools/system-packages.sh test $(PYTHON)

$(BIN)/python:
	@echo "Making $(VENV) and installing into it: the first time this takes a few minutes."
	@$(PYTHON) -m venv $(VENV)

# An older environment has opencv-python, whose files are in the same folder as those of opencv-python-headless.
WITHOUT_OTHER_OPENCV := $(BIN)/python -m pip uninstall -qq --yes --disable-pip-version-check opencv-python 2> /dev/null

$(VENV)/.demo-installed: $(PROJECT) | system-demo $(BIN)/python
	@$(WITHOUT_OTHER_OPENCV)
	@$(PIP) --editable .
	@$(BIN)/python -m compileall -q app
	@touch $@

$(VENV)/.test-installed: $(PROJECT) | system-test $(BIN)/python
	@$(WITHOUT_OTHER_OPENCV)
	@$(PIP) --editable ".[training,stream,analysis,readers,live,dev]"
	@touch $@ $(VENV)/.demo-installed
