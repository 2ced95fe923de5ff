# The verbs of this repository. `make help` lists them.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

ORDERS ?= 20000
SEED ?= 1
STAGE ?= dev
ROUNDS ?= 10000

.PHONY: help run test fmt lint unit instructions simulate simulate-ci aws-test aws-race deny bench e2e deploy

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

run: ## Sluice with the demonstration day on http://127.0.0.1:9000 (PORT, RESET=1, ONCE=1, ODOO_URL ...)
	cargo run --quiet --locked --package sluice -- serve --demo

test: ## The whole gate, each stage timed: fmt lint unit instructions simulate-ci aws-test
	@.ci/gate

fmt: ## Format, checked
	cargo fmt --all --check

lint: ## Clippy, warnings denied
	cargo clippy --locked --workspace --all-targets -- -D warnings

unit: ## Every test
	cargo test --locked --workspace

instructions: ## Instructions of reading one order, against the committed budget (installs valgrind)
	.ci/instructions

simulate-ci:
	cargo run --quiet --locked --profile test --package sluice-tests --bin simulate -- --orders 20000 --seed 1

aws-test: ## The adapters on two AWS emulators (needs Python; the first time it fetches the emulators)
	.ci/emulators cargo test --locked --package sluice-aws --features emulator --test emulator

aws-race: ## 64 writers on one subject on an emulator, one winner each round (ROUNDS=10000: about half an hour)
	SLUICE_RACE_ROUNDS=$(ROUNDS) .ci/emulators cargo test --locked --package sluice-aws --features emulator --test emulator -- \
	  --nocapture one_of_64_writers_wins_each_round_on_ministack

deny:
	cargo deny --locked check licenses bans sources

simulate: ## The simulation (ORDERS=20000 SEED=1)
	cargo run --quiet --locked --release --package sluice-tests --bin simulate -- --orders $(ORDERS) --seed $(SEED)

bench: ## Benchmarks: figures against a baseline of the same run (ORDERS=20000)
	cargo run --quiet --locked --release --package sluice-tests --bin bench -- --orders $(ORDERS)

e2e: ## End to end on a local AWS emulator: comes with the AWS bundle
	@echo "make e2e comes with the AWS bundle (issue B); nothing was run" >&2; exit 1

deploy: ## sam deploy of a stage: comes with the AWS bundle
	@echo "make deploy STAGE=$(STAGE) comes with the AWS bundle (issue B); nothing was deployed" >&2; exit 1
