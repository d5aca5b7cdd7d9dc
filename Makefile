# Targets for people who work on the program; `make help` lists them. Those who only use it need Go
# alone: go run ./cmd/zhibu demo

TEMPL    := v0.3.1020
LINT     := v2.15.0
LINTER   := bin/golangci-lint-$(LINT)
# What goes into somebody's hands is built without C, so that it runs on any of their machines.
RELEASES := linux/amd64 linux/arm64 linux/loong64 windows/amd64

# Databases of tests are synced at every write and live for a second: in memory where there is room. What the tests
# kill are processes, never the machine.
DISK     := $(or $(TMPDIR),/tmp)
SCRATCH  := $(shell [ "$$(df --output=avail --block-size=M /dev/shm 2>/dev/null | tail -n 1 | tr -dc 0-9)" -gt 4096 ] 2>/dev/null && echo /dev/shm || echo $(DISK))
ON_SCRATCH = TMPDIR=$(SCRATCH) GOTMPDIR=$(DISK)

.DEFAULT_GOAL := help
.PHONY: help build demo test test-go test-browser test-both bench check lint generate fresh documents links notice cross clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## bin/zhibu for this machine
	CGO_ENABLED=0 go build -trimpath -o bin/zhibu ./cmd/zhibu

demo: ## a fictional city at http://localhost:8420
	go run ./cmd/zhibu demo

test: ## everything: unit, contract on SQLite and PostgreSQL, browser; installs what it needs
	scripts/test-needs
	scripts/test-postgres $(MAKE) --no-print-directory test-both

test-both: test-go test-browser

# test-postgres uses the server of the test around it when there is one, and fails without any: inside make no
# test is left out for want of a database.
test-go: ## the Go tests alone
	$(ON_SCRATCH) scripts/test-postgres go test -timeout 10m ./...

test-browser: test/browser/node_modules/.package-lock.json ## the browser tests alone
	$(ON_SCRATCH) scripts/test-postgres node test/browser/run.mjs

test/browser/node_modules/.package-lock.json: test/browser/package-lock.json test/browser/package.json
	cd test/browser && npm ci --no-audit --no-fund
	@touch $@

bench: ## the measured figures, as ours / bare driver; BENCH='--members 20000' for a quick look
	go run ./test/bench $(BENCH)

check: lint fresh links ## lint, generated files fresh, no dead links in the documents

lint: $(LINTER)
	$(LINTER) config verify
	$(LINTER) run ./...

$(LINTER):
	@mkdir -p bin/.install
	GOBIN=$(CURDIR)/bin/.install go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT)
	@mv bin/.install/golangci-lint $@ && rmdir bin/.install

generate: ## the Go code of the page templates
	go run github.com/a-h/templ/cmd/templ@$(TEMPL) generate -path internal/web/view

fresh: ## says which generated files are older than what they are made from
	scripts/check-generated $(TEMPL)
	go run ./scripts/notice -check
	go test ./internal/installation/... -count=1 -run Document

documents: ## docs/configuration.md and docs/privacy.md, which are made from the code
	go test ./internal/installation -count=1 -run Document -update
	go test ./internal/installation/register -count=1 -run Document -update

links:
	go test ./test -count=1 -run 'TestLinks'

notice: ## THIRD_PARTY.md, the licences of everything inside the program
	go run ./scripts/notice > THIRD_PARTY.md.new
	@mv THIRD_PARTY.md.new THIRD_PARTY.md

cross: ## release builds for linux (amd64, arm64, loong64) and windows, without C
	@set -e; for target in $(RELEASES); do \
		os=$${target%/*}; arch=$${target#*/}; out=bin/zhibu-$$os-$$arch; \
		[ $$os != windows ] || out=$$out.exe; \
		echo "$$out"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags='-s -w' -o $$out ./cmd/zhibu; \
	done

clean: ## what was built; never anybody's data
	rm -rf bin test/browser/node_modules test/browser/out
