# Every command that a person or continuous integration runs: here those of the code, in checks/checks.mk those of all other files, in
# deploy/deploy.mk those that build and deploy images. For the code, Rust is all that has to be there: `make test` installs redis-server
# and prometheus with apt-get where they are missing; where there is no apt-get, they have to be on the PATH.
.DEFAULT_GOAL := help
CARGO ?= cargo
CARGO_DENY := 0.20.2
INFERNO := 0.12.8
# The compiler that the image is built with.
TOOLCHAIN := $(shell sed -n 's/^FROM .*rust:\([0-9.]*\)-.*/\1/p' Dockerfile)

.PHONY: help toolchain run fake stack test lint deny bench instructions profile redis prometheus valgrind simulate soak classifier score clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

include checks/checks.mk deploy/deploy.mk

toolchain: ## Install the compiler of the image, and use it in this folder
	rustup toolchain install --profile minimal --component clippy --component rustfmt $(TOOLCHAIN)
	rustup override set $(TOOLCHAIN)

run: ## Serve the API on http://localhost:8000, fully local
	LOG_FORMAT=$${LOG_FORMAT:-pretty} $(CARGO) run --locked --bin goal-router

fake: ## Serve a stand-in for Bedrock on http://localhost:9000
	$(CARGO) run --locked --package fake-bedrock

stack: ## Run the whole stack in containers, with traffic; needs Docker
	GOAL_ROUTER_COMMIT=$$(git rev-parse HEAD 2>/dev/null || echo unknown) docker compose --profile load up --build

test: lint redis prometheus ## Check the code's form, then run all tests
	$(CARGO) test --locked --workspace

lint: ## Check format, lints and docs
	@for component in rustfmt clippy; do $(CARGO) $${component#rust} --version >/dev/null 2>&1 || rustup component add $$component; done
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --document-private-items --quiet
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(MAKE) --no-print-directory deny; fi

deny: ## Check licences, sources and duplicates of the dependencies
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny --version $(CARGO_DENY)
	$(CARGO) deny --locked check licenses bans sources

bench: ## Measure the stages and the service under load
	$(CARGO) bench --locked --bench stages -- --warm-up-time 1 --measurement-time 2
	$(CARGO) bench --locked --bench service

profile: ## Sample the service under load: a flame graph and a table by stage; needs perf
	INFERNO=$(INFERNO) benches/profile.sh

instructions: valgrind ## Count the instructions of the stages of a plan; fails on a tenth more than on record
	$(CARGO) bench --locked --package planning --bench instructions

redis:
	@command -v redis-server >/dev/null || { SUDO=$$(command -v sudo || true); $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends redis-server; } || { echo "the tests need redis-server on the PATH" >&2; exit 1; }

prometheus:
	@{ command -v prometheus && command -v promtool; } >/dev/null || { SUDO=$$(command -v sudo || true); $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends prometheus; } || { echo "the tests need prometheus and promtool on the PATH" >&2; exit 1; }

valgrind:
	@command -v valgrind >/dev/null || { SUDO=$$(command -v sudo || true); $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends valgrind; } || { echo "valgrind has to be on the PATH" >&2; exit 1; }

simulate: ## Simulate the budget's hot counter, and all limits of the path, at up to 1,000,000 requests a minute
	$(CARGO) bench --locked --profile dev --bench simulate

soak: redis ## Run the proofs of money at full length
	SOAK=1 $(CARGO) test --locked --test ledger --test proofs -- --nocapture

classifier: ## Train the local classifier anew; the same goals give the same file
	$(CARGO) run --locked --release --package train-classifier

score: ## Score the local classifier on the held-out goals
	$(CARGO) run --locked --release --package train-classifier -- --score

clean: ## Remove what was built, and the local database
	$(CARGO) clean
	rm -rf data
