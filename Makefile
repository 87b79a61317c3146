# Two commands for a start: `make demo` and `make test`. Both see to what the build needs.

INVENTORY := data/americas-2012
SCENARIO := 13-november-2012
PLAN := demo/$(SCENARIO)

.PHONY: help demo test house goldens goldens-bless goldens-before soak test-browser plots data data-check peers ci prerequisites

help:
	@echo "make demo          plan the drain of Chicago on 13 November 2012 into $(PLAN)"
	@echo "make test          run all tests"
	@echo "make goldens       compare what every command prints and writes with what is recorded; -bless records it"
	@echo "make house         how large the house is: lines, types, circles"
	@echo "make soak          half an hour of changed inputs and killed runs: a million, and about a thousand"
	@echo "make test-browser  open reports in Chromium and look for what is wrong with them"
	@echo "make plots         draw the pictures of plots/ again"
	@echo "make data          write the generated files of data/ anew"
	@echo "make data-check    compare them with what their recipes make"
	@echo "make peers         the same drain with solvers in Python: values compared, seconds side by side (an hour)"
	@echo "make ci            everything that a change must pass"

# Exit code 1 of plimsoll is an answer (somebody is unserved, or a headroom target is missed), so the demo goes on.
demo: prerequisites
	cargo build
	@mkdir -p demo
	@status=0; \
	cargo run --quiet -- plan $(INVENTORY) --scenario $(INVENTORY)/$(SCENARIO).toml --out $(PLAN) || status=$$?; \
	if [ $$status -gt 1 ]; then echo "the demo failed: exit code $$status" >&2; exit $$status; fi; \
	if [ ! -s $(PLAN)/summary.json ]; then echo "the demo wrote no plan to $(PLAN)" >&2; exit 1; fi; \
	echo; echo "the plan:   $(PLAN)"; echo "the report: $(PLAN)/report.html"; \
	for chart in $(PLAN)/charts/*.svg; do \
		if [ -e "$$chart" ]; then echo "the chart:  $$chart"; fi; \
	done

test: prerequisites
	cargo test
	cargo test --test goldens

house: prerequisites
	PLIMSOLL_HOUSE=1 cargo test --quiet --test it -- --exact tidy::house::the_house_grows_no_larger

goldens: prerequisites
	cargo test --test goldens -- --all

goldens-bless: prerequisites
	cargo test --test goldens -- --all --bless

# The texts of the commit that recorded last, so that differences from them can be shown.
goldens-before: prerequisites
	tests/goldens/before

# Each stops at the first panic, misplaced finding, plan that does not hold or folder that is not whole.
soak: prerequisites
	PLIMSOLL_INPUTS=1000000 cargo test --test it -- --exact fuzzed::changed_bytes_are_read_or_refused --nocapture
	PLIMSOLL_KILL_ROUNDS=700 cargo test --test it -- --nocapture \
		--exact kills::killed_runs_leave_one_whole_folder_or_none_and_the_next_run_cleans_up

test-browser: prerequisites
	@.ci/browser
	cargo test --test browser

plots: prerequisites
	cargo build
	plots/make

# The outlines of land are made anew only where their source is (data/land/recipe/make.py says how to get it).
data:
	python3 data/americas-2012/recipe/make.py
	python3 data/global/recipe/make.py
	if [ -e data/land/recipe/land-50m.json ]; then python3 data/land/recipe/make.py; fi

data-check:
	@command -v python3 >/dev/null || { echo "data-check needs python3 (nothing beyond its standard library)" >&2; exit 1; }
	python3 data/americas-2012/recipe/make.py --check
	python3 data/global/recipe/make.py --check
	python3 data/land/recipe/make.py --check

# Other inventories, peers or limits: benches/peers/run --help.
peers: prerequisites
	cargo build
	benches/peers/run --out benches/peers/measured

ci:
	.ci/run

prerequisites:
	@.ci/prerequisites
