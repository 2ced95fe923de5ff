# The verbs of this repository. `make help` lists them.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

ORDERS ?= 20000
SEED ?= 1
STAGE ?= dev
QUEUE ?= deliveries
ROUNDS ?= 10000

.PHONY: help run test fmt lint unit instructions simulate simulate-ci aws-test aws-race deny bench \
  bench-lambda bootstraps template-lint secrets-template e2e local deploy redrive package

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

run: ## Sluice with the demonstration day on http://127.0.0.1:9000 (PORT, RESET=1, ONCE=1, ODOO_URL ...)
	cargo run --quiet --locked --package sluice -- serve --demo

test: ## The whole gate, each stage timed: fmt lint unit instructions simulate-ci template-lint e2e
	@.ci/gate

fmt: ## Format, checked
	cargo fmt --all --check

lint: ## Clippy, warnings denied
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings

unit: ## Every test, those of the AWS adapters on two emulators (needs Python; the first time it fetches them)
	.ci/emulators cargo test --locked --workspace --all-features

instructions: ## Instructions of reading one order, against the committed budget (installs valgrind)
	.ci/instructions

simulate-ci:
	cargo run --quiet --locked --profile test --package sluice-tests --bin simulate -- --orders 20000 --seed 1

aws-test: ## The AWS adapters alone
	.ci/emulators cargo test --locked --package sluice-aws --features emulator --test emulator

aws-race: ## 64 writers on one subject on an emulator, one winner each round (ROUNDS=10000: some minutes)
	SLUICE_RACE_ROUNDS=$(ROUNDS) .ci/emulators cargo test --locked --package sluice-aws --features emulator --test emulator -- \
	  --nocapture one_of_64_writers_wins_each_round_on_ministack

deny:
	cargo deny --locked check licenses bans sources

simulate: ## The simulation (ORDERS=20000 SEED=1)
	cargo run --quiet --locked --release --package sluice-tests --bin simulate -- --orders $(ORDERS) --seed $(SEED)

bench: bootstraps ## Benchmarks: figures against a baseline of the same run (ORDERS=20000)
	cargo run --quiet --locked --release --package sluice-tests --bin bench -- --orders $(ORDERS)

bench-lambda: bootstraps ## The Lambda bootstraps alone: CPU time, cold start, memory, size
	cargo run --quiet --locked --release --package sluice-tests --bin bench -- --lambda

# As they ship, but for this machine's own C library.
bootstraps:
	cargo build --quiet --locked --profile bootstrap --features lambda \
	  $(foreach name,webhook-ingress normalizer odoo-writer reconciler,--package sluice-$(name) --bin $(name))

template-lint: ## The templates before SAM's, CloudFormation's, serverless and checkov's rules
	.ci/template-lint

secrets-template: ## infra/secrets.yaml from infra/config/accounts.yaml
	.ci/venv tools
	.venv/bin/python infra/make_secrets.py

e2e: ## The bundle on a local AWS emulator with IAM, built and deployed by SAM, with a simulated Odoo (ONLY=... some checks, SURGE=5000 orders while Odoo is away)
	.ci/venv tools
	.venv/bin/python tests/e2e

local: ## The bundle on a local AWS emulator, functions reloaded as you edit them, with a simulated Odoo
	.ci/venv tools
	.venv/bin/python tests/e2e/local.py

deploy: ## sam build and sam deploy of STAGE=dev|staging|prod (AWS_ENDPOINT_URL: to an emulator)
	.ci/deploy $(STAGE)

redrive: ## Gives back what a dead-letter queue of a stage holds (STAGE=dev QUEUE=deliveries|odoo-urgent|odoo-bulk)
	.ci/venv tools
	.venv/bin/python infra/redrive.py $(STAGE) $(QUEUE)

package: ## The release bootstraps as they ship: at most 5 MB zipped each, glibc of Amazon Linux 2023
	.ci/venv tools
	.ci/sam build
	MAX_ZIP=5000000 .venv/bin/python tests/e2e/bootstrap.py
