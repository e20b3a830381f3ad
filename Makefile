# Everything a developer types. The work is done in tools/; this only names it.
# What is built lies in ~/.cache/woow-paas (WOOW_CACHE) and target/, a checkout's state in .local/.

.DEFAULT_GOAL := help
# `bench` reads ONLY, QUICK and WRITE.
.PHONY: help setup build run reset test lint fmt schema e2e bench coverage

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Build the tools that are missing (Kubernetes, Helm, trunk, ...)
	@tools/setup

build: ## Set up, and build the console and the server
	@tools/build all

run: ## Set up, build, start a local sandbox and the server; Ctrl-C stops everything
	@tools/run

reset: ## Stop, and delete this checkout's data (.local/data*) and sandbox (asks; FORCE=1 does not)
	@tools/run --reset

test: ## Every check and test, in one run with one summary
	@tools/test

lint: ## Format, clippy, licences and charts only
	@tools/test --group lint

e2e: ## The browser tests only
	@tools/test --group e2e

bench: ## Measure beside what one would use instead (ONLY=launch,logs QUICK=1 WRITE=1)
	@python3 tools/bench

coverage: ## How much of the server's code the tests run; fails below 80 %
	@tools/coverage

fmt: ## Format the code
	@cargo fmt --all

schema: ## Write schema.graphql anew from the server's code
	@tools/build schema
