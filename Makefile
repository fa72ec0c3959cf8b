# Everything happens in this folder: the virtual environments .venv*, all else in .build.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3))
CONSTRAINTS ?= tests/constraints.txt
FLEET ?= tests/demo/fleet.yml
ONLY ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export UV_CACHE_DIR := $(CURDIR)/.build/uv
# Ansible starts a thousand times in a test run: nothing is to be compiled twice, whatever the machine says.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test bench torture wire lab docs clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make the virtual environment .venv with all that the other targets use

$(READY): tests/requirements.txt $(CONSTRAINTS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r tests/requirements.txt -c $(CONSTRAINTS) \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt -c $(CONSTRAINTS)
	@touch $@

demo: $(READY) ## Tell the story: a fleet is hardened, drifts, is found out and repaired
	@$(BIN)/python -m tests.demo

test: $(READY) ## Run every check; ONLY=lint,unit,wine runs some, IPSEC_REQUIRE_ALL=1 allows no skip
	@$(BIN)/python -m tests.run --only "$(ONLY)"

bench: $(READY) ## Count requests, shells and seconds per host, side by side
	@$(BIN)/python -m tests.bench

torture: $(READY) ## Try to lock somebody out: hostile changes, runs killed at every request
	@$(BIN)/python -m tests.torture

wire: $(READY) ## Prove it on real packets: the policies on a real kernel, fail-over measured
	@$(BIN)/python -m tests.wire

lab: $(READY) ## Start the simulated Windows fleet; FLEET=file.yml starts another
	@echo "For playbooks, in another terminal:" && echo "  . $(CURDIR)/$(BIN)/activate" \
	  && $(BIN)/python -c "from tests import checkout as c; print('  export ANSIBLE_COLLECTIONS_PATH', c.link_collection(), sep='=')"
	@$(BIN)/python -m tests.lab serve $(FLEET)

docs: $(READY) ## Build the documentation of modules and roles as a site in .build/docs
	@$(BIN)/python -m tests.build_docs

clean: ## Remove everything that was made in this folder
	rm -rf .build .venv .venv-* tests/output
