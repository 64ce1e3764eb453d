# What one types most. `make check` is what every change must pass; .ci/run is the same on a clean machine, and more.

.PHONY: check fmt vet lint test vuln bench accuracy fuzz long mutants generate build run

check: fmt vet lint test vuln

fmt:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }

vet:
	go vet ./...

lint:
	@if command -v golangci-lint >/dev/null; then golangci-lint run ./...; \
	elif command -v staticcheck >/dev/null; then staticcheck ./...; \
	else echo "neither golangci-lint nor staticcheck is installed: not linted"; fi

test:
	go test -race -shuffle=on ./...

vuln:
	@if command -v govulncheck >/dev/null; then govulncheck ./...; \
	else echo "govulncheck is not installed: not looked for vulnerabilities"; fi

bench:
	go run ./internal/bench

# How well the packs tell messages apart: measured, printed, and written into docs/packs.md. What they matched on texts from
# elsewhere is shown line by line; that needs `npm ci --prefix tools`.
accuracy:
	PALABRE_NODE_MODULES=$(CURDIR)/tools/node_modules go test ./internal/accuracy -run 'TestOwnSets|TestOutsideTexts' -count=1 -v -update
	go generate ./internal/docs
	@cat internal/accuracy/own.md internal/accuracy/outside.md

# Each fuzz test for a while: make fuzz FOR=5m
FOR ?= 30s
fuzz:
	@for package in $$(go list ./...); do \
		for name in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$name"; go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FOR) $$package || exit 1; \
		done; \
	done

# What takes longer than a change should, before a release: the program is killed KILLS times on each network, with a seed of the
# day or SEED; two thousand accounts raid it on each, as long as the goals say; every fuzz test goes on for a while; and the tests of
# what runs side by side are repeated.
KILLS ?= 500
SEED ?= $(shell date +%Y%m%d)
long:
	go test ./internal/crashtest -v -timeout 3h -parallel 4 -kills $(KILLS) -seed $(SEED)
	go test ./internal/raidtest -v -timeout 60m -full
	$(MAKE) fuzz FOR=2m
	go test -race -shuffle=on -count=5 ./bot ./store ./adapters/...

generate:
	go generate ./...

build:
	go build -trimpath -o palabre .

run:
	go run . console

# Plants every known fault, one at a time, and prints those that no test notices.
mutants:
	go run ./internal/mutants
