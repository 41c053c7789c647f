# The two commands that matter: make demo, make test.

GO      ?= go
BIN     := bin/iplos
TOOLS   := $(CURDIR)/.cache/bin
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: all build demo test lint cross docs docs-check fuzz bench release reproducible size wine vuln clean

all: build

# A plain build, so that the build cache serves every later one.
build:
	CGO_ENABLED=0 $(GO) build -o $(BIN) ./cmd/iplos

# The whole job on synthetic data against the built-in sandbox.
demo: build
	$(BIN) demo --to demo --force

# Every test, with the race detector. By itself that makes each test binary
# wait a second at its end.
test: export GORACE := atexit_sleep_ms=10
test:
	$(GO) test -race -shuffle=on ./...

lint: $(TOOLS)/golangci-lint
	$(GO) vet ./...
	$(TOOLS)/golangci-lint run ./...

$(TOOLS)/golangci-lint: tools/go.mod
	cd tools && GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint mvdan.cc/gofumpt
	touch $@

# Every platform compiles, and vet reads the code as each sees it.
cross:
	GOOS=windows GOARCH=amd64 $(GO) vet ./...
	for target in windows/amd64 windows/arm64 darwin/amd64 darwin/arm64 linux/arm64; do \
		CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -o /dev/null ./cmd/iplos || exit 1; \
	done

# Documents that are generated from the code.
docs:
	$(GO) run ./cmd/iplos --lang nb rules doc > docs/rules.md

docs-check:
	$(GO) run ./cmd/iplos --lang nb rules doc | diff -u docs/rules.md - || { echo "docs/rules.md is stale: make docs"; exit 1; }

# Every fuzz target for a while.
FUZZTIME ?= 20s
fuzz:
	./bench/fuzz $(FUZZTIME)

# Measures against the peers and writes docs/benchmarks.md.
SIZE   ?= 1024
ROUNDS ?= 5
bench:
	ROUNDS=$(ROUNDS) ./bench/run $(SIZE)

release:
	./release/build $(VERSION)

# Two builds of the same source must be the same, bit for bit.
reproducible:
	./release/reproducible

# The program as it is released stays small: docs/decisions/html-without-templates.md.
MAXSIZE := 20000000
size:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/size ./cmd/iplos
	@bytes=$$(wc -c < bin/size); rm bin/size; echo "iplos: $$bytes bytes, at most $(MAXSIZE)"; [ "$$bytes" -lt $(MAXSIZE) ]

# The stories, run by the Windows program under Wine.
STORIES ?= .*
wine:
	./release/wine '$(STORIES)'

# Known vulnerabilities; needs the vulnerability database from the network.
vuln:
	cd tools && $(GO) tool govulncheck -C .. ./...

clean:
	rm -rf bin dist demo .cache
