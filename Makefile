# What can be done here; make alone lists it. The scripts are in .ci.
PKGS     ?= ./...
FUZZTIME ?= 1m
LOAD     ?= go run ./cmd/load
PEOPLE   ?= 1000000
ROWS     ?= 10000000
SHOTS    ?= go test ./handlers ./web/miniprogram -count=1 -run 'TestShots|TestShells|TestPlugin' -shots
export PKGS FUZZTIME

.PHONY: help demo story test check bench shots fuzz deps bare image clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run the whole service with both super-apps and a seeded city, on this machine alone
	go run ./cmd/demo

story: ## walk the whole story without a browser, a line per step
	go run ./cmd/demo -story chain

test: ## install what is missing, then test everything on real databases; exits 2 if tools are missing
	@.ci/test

check: ## lint and the short tests, in under three minutes and without root
	@.ci/check

bench: ## print each figure beside its limit
	@.ci/with-mariadb $(LOAD) figures
	@.ci/with-mariadb $(LOAD) redecide -people $(PEOPLE)
	@.ci/with-mariadb $(LOAD) feed -rows $(ROWS) -traffic
	@$(LOAD) district

shots: ## write the pictures of every page into docs/shots
	@.ci/with-mariadb $(SHOTS)

fuzz: ## feed every parser new inputs for FUZZTIME each
	@.ci/fuzz

deps: ## install what the tests need and is not there (Debian, root)
	@.ci/deps

bare: ## run make test in a fresh Debian with only Go (root, mmdebstrap)
	@.ci/bare

image: ## build the container image
	docker build -t healthcode .

clean: ## remove what was built or installed here, and the demo's data
	rm -rf .demo web/node_modules web/miniprogram/harness/node_modules platform/alipay/crosscheck/node_modules
