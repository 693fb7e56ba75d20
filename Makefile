# What this project can do. `make help` lists it.

CARGO ?= cargo
NIGHTLY ?= cargo +nightly
# What is built for release, cargo builds through this.
RELEASE := packaging/release.sh
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
C_TESTS := $(abspath $(TARGET_DIR))/c-tests
CPP_TESTS := $(abspath $(TARGET_DIR))/cpp-tests
NODE_TESTS := bindings-node/test
NODE_PACKED := $(abspath $(TARGET_DIR))/node
# Cargo builds what packages share once for each choice of packages and features. So all builds choose one of these, and
# then a target: tests of the default members, programs and libraries that other languages' tests need, and programs
# that are measured.
RUST := --locked --features grantmint-fleet/redis
PROGRAMS := --locked -p grantmint-ffi -p grantmint-emulator -p grantmint-cli -p grantmint-fault-probe -p grantmint-fleet \
  -p grantmint-redis --features grantmint-fleet/redis
SHOWS := --release --quiet --locked -p grantmint-demo -p grantmint-streams -p grantmint-fleet -p grantmint-emulator \
  -p grantmint-soak --features grantmint-fleet/redis
# What a machine lacks is installed there.
export PATH := $(abspath $(TARGET_DIR))/tools/bin:$(PATH)
NOT_TRIED := tests/machine/not_tried.sh
TRY := tests/machine/try.sh

.DEFAULT_GOAL := help
.PHONY: test-python lint-python bench-python wheel help demo test test-rust test-redis test-turn test-shuttle build-c test-c build-cpp test-cpp header lint fmt licences
.PHONY: check check-streams check-asan check-tsan check-valgrind check-bench bench fuzz check-fuzz lint-release

help: ## start -: lists the targets
	@awk -f tests/machine/help.awk $(MAKEFILE_LIST)

# What one needs to know after a change, of core and of what holds for all files. One build of cargo's for all of it, the
# same as that of test-rust.
SLOW := cache_model cache_simulation long_outages real_lingering real_load real_pool
QUICK_LEAVES_OUT := $(SLOW); and what needs other languages, features, servers or release builds: make test lint check
.PHONY: quick
quick: need-python ## start 2: after each change: formatting, clippy, core's tests without the slow ones, words, promises
	$(CARGO) fmt --all --check
	python3 tests/packaging/words.py
	python3 tests/packaging/promises.py
	python3 tests/packaging/versions.py
	$(MAKE) --no-print-directory test-soak
	$(CARGO) clippy $(RUST) --all-targets -- -D warnings
	$(CARGO) test $(RUST) --quiet --lib --test it --test header -- $(addprefix --skip ,$(SLOW))
	@echo 'Left out: $(QUICK_LEAVES_OUT)'

# `make demo DEMO="--streams 1000"` shows it with as many streams.
demo: ## start 1: lets 20,000 viewers in, Twilio's way and through grantmint
	$(RELEASE) $(CARGO) build $(SHOWS) --bin grantmint-demo
	$(TARGET_DIR)/release/grantmint-demo $(DEMO)

# `make demo-fleet DEMO="20 --streams 50"` shows it for as many seconds with as many streams.
.PHONY: demo-fleet
demo-fleet: need-redis-server ## start 2: a minute of 32 processes on four machines, each for itself and as a fleet that shares through Redis
	$(RELEASE) $(CARGO) build $(SHOWS) --bin grantmint-demo
	$(TARGET_DIR)/release/grantmint-demo --machines $(DEMO)

# What each of them took is in target/laps.txt. The command line's tests are among those of Rust, and the packages that
# test-npm tries are those of test-node.
TESTS := test-soak test-rust test-redis test-turn test-shuttle test-c test-cpp test-packaging test-server test-python \
  test-node test-bundlers test-faults test-page test-docs
LAPS := tests/machine/laps.sh
with_laps = $(foreach target,$(1),$(target) lap-$(target))
lap-%:
	@$(LAPS) lap $*

test: ## start 35: all tests; the last lines say what could not be tried here
	@$(NOT_TRIED) start
	$(MAKE) $(call with_laps,$(TESTS))
	@$(NOT_TRIED) show

# What targets need that a machine may lack. What only some of their tests need is with those, as $(TRY).
NEEDS := need-python need-cmake need-pkg-config need-node need-redis-server need-cargo-mutants
.PHONY: $(NEEDS)
build-c build-packaging licences lint-release languages test-python lint-python bench-python wheel npm bench streams-docs fleet-docs: need-python
build-c build-packaging: need-cmake
build-packaging: need-pkg-config
build-node npm: need-node
$(NEEDS): need-%:
	@tests/machine/install.sh $*

# The numbers of serde_json that keep all digits are another type within, and what is traced is in no library that ships.
ODD := --locked -p grantmint-core --features tracing,serde_json/arbitrary_precision
test-rust: shells ## test 7: everything in Rust
	$(CARGO) test $(RUST)
	$(CARGO) test $(ODD) --test tracing
	$(CARGO) test $(ODD) --lib json

.PHONY: shells test-cli cli-generated
shells:
	@$(TRY) zsh 'completions in zsh' true
	@$(TRY) fish 'completions in fish' true
	@$(TRY) jq 'recipes with jq' true

test-cli: shells ## test 2: the command line: the program, and its completions in three shells
	$(CARGO) test $(RUST) --test cli

cli-generated: ## write 1: writes cli/generated: completions and the manual page
	UPDATE=1 $(CARGO) test --locked -p grantmint-cli --lib generated

# A target directory of its own: the flag would otherwise undo every other build. A failure prints its
# schedule; `make test-shuttle TEST=name GRANTMINT_SCHEDULE=…` plays that one again.
test-shuttle: ## test 2: the cache under many thousand orders of its threads' steps
	RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=$(TARGET_DIR)/shuttle \
	  $(CARGO) test --locked -p grantmint-shuttle $(TEST)

test-turn: ## test 1: ICE servers on a real coturn server, in Rust, C and C++
	@$(TRY) turnserver 'ICE servers on a coturn server' $(MAKE) try-turn

.PHONY: try-turn
TURN := $(abspath $(TARGET_DIR))/turn
try-turn:
	$(CARGO) test $(RUST) --test it coturn:: -- --include-ignored
	$(CARGO) build $(PROGRAMS) --lib --bin grantmint-emulator
	mkdir -p $(TURN)
	$(CC) -std=c11 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -Iinclude tests/c/turn.c -o $(TURN)/c \
	  $(TARGET_DIR)/debug/libgrantmint.a $(shell cat ffi/packaging/native_libs)
	$(CXX) -std=c++17 -Wall -Wextra -Werror -Iinclude tests/cpp/turn.cpp -o $(TURN)/cpp \
	  $(TARGET_DIR)/debug/libgrantmint.a $(shell cat ffi/packaging/native_libs)
	python3 -B tests/cpp/on_coturn.py $(TARGET_DIR)/debug/grantmint-emulator $(TURN)/c $(TURN)/cpp

# The test helpers come first, so that what stays behind is the library as it ships.
build-c:
	$(CARGO) build $(PROGRAMS),grantmint-ffi/test-helpers --lib
	mkdir -p $(C_TESTS)
	ffi/packaging/static.sh $(TARGET_DIR)/debug/libgrantmint.a $(TARGET_DIR)/debug/libgrantmint.so \
	  $(C_TESTS)/libgrantmint.a
	$(CARGO) build $(PROGRAMS) --lib
	cmake -S tests/c -B $(C_TESTS)/build -DGRANTMINT_LIBRARY=$(C_TESTS)/libgrantmint.a \
	  -DGRANTMINT_SHARED_LIBRARY=$(abspath $(TARGET_DIR))/debug/libgrantmint.so
	cmake --build $(C_TESTS)/build --parallel $$(nproc)

test-c: build-c ## test 2: the tests in C, plain and under ASan and UBSan
	cd $(C_TESTS)/build && ctest --output-on-failure --label-exclude valgrind

build-cpp: build-c
	@$(TRY) libc++ 'the C++ header with libc++' true
	$(CARGO) build $(PROGRAMS) --bin grantmint-emulator
	cmake -S tests/cpp -B $(CPP_TESTS) -DGRANTMINT_LIBRARY=$(C_TESTS)/libgrantmint.a \
	  -DGRANTMINT_SHARED_LIBRARY=$(abspath $(TARGET_DIR))/debug/libgrantmint.so \
	  -DGRANTMINT_EMULATOR=$(abspath $(TARGET_DIR))/debug/grantmint-emulator
	cmake --build $(CPP_TESTS) --parallel $$(nproc)

test-cpp: build-cpp ## test 3: the tests in C++, plain and under ASan and UBSan
	cd $(CPP_TESTS) && ctest --output-on-failure --label-exclude valgrind

# Its folder has nothing else in it. What is in it was built for this platform alone.
DIST := $(abspath $(TARGET_DIR))/dist
.PHONY: dist test-dist
dist: need-python need-node ## start 10: all that is released for this platform, in target/dist, with a list of sizes and checksums
	python3 -B packaging/dist.py $(DIST)

test-dist: dist ## package 11: installs all of that where there is no compiler, and uses it
	python3 -B tests/packaging/dist_used.py $(DIST)

.PHONY: build-emulator
build-emulator:
	$(CARGO) build $(PROGRAMS) --bin grantmint-emulator

.PHONY: install uninstall build-packaging test-packaging test-server
PREFIX ?= /usr/local
LIBDIR ?= lib
PLACE = PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DESTDIR='$(DESTDIR)'
PACKAGING := $(abspath $(TARGET_DIR))/packaging

install: ## start 3: the C and C++ library, under PREFIX=/usr/local; also LIBDIR=lib, DESTDIR=
	built=$$(CARGO='$(CARGO)' ffi/packaging/build.sh) && $(PLACE) ffi/packaging/install.sh "$$built"
	@echo "to build programs with it: export PKG_CONFIG_PATH='$(PREFIX)/$(LIBDIR)/pkgconfig'"

uninstall: ## package -: removes what install has put there
	$(PLACE) ffi/packaging/uninstall.sh

build-packaging:
	$(MAKE) install PREFIX=$(PACKAGING)/prefix LIBDIR=lib DESTDIR=

test-packaging: build-packaging ## test 4: what install puts where, and projects that link with it
	python3 -B -m unittest discover --start-directory tests/packaging

.PHONY: packages-check
packages-check: build-packaging dist ## check 5: what everybody who judges packages says of ours, as a table
	python3 -B tests/packaging/checkers.py

.PHONY: check-reproducible
check-reproducible: need-python need-node ## check 20: builds the packages a second time as somebody else would, and compares bytes
	python3 -B tests/packaging/reproduced.py

test-server: build-packaging ## test 1: a token server in C++ under load, on the installed library
	@$(TRY) cpp-httplib 'the token server in C++' $(MAKE) try-server

.PHONY: try-server
try-server:
	$(CARGO) build $(PROGRAMS) --bin grantmint-emulator
	cmake -S tests/cpp/server -B $(PACKAGING)/server -DCMAKE_BUILD_TYPE=Release \
	  -DCMAKE_PREFIX_PATH=$(PACKAGING)/prefix
	cmake --build $(PACKAGING)/server --parallel
	python3 -B tests/cpp/server/test_server.py $(PACKAGING)/server/token_server \
	  $(TARGET_DIR)/debug/grantmint-emulator

test-redis: ## test 2: fleets through Redis, on real servers
	@$(TRY) redis-server 'fleets through Redis' $(MAKE) try-redis

.PHONY: try-redis
try-redis:
	$(CARGO) test $(RUST) --lib fleet:: -- --ignored
	$(CARGO) test $(RUST) --test it --test cli --test demo redis -- --ignored on_a_server
	$(CARGO) test $(RUST) --test fork -- redis
	$(MAKE) fleet-mixed

# A process of each, on a machine of its own. Those of Python and Node.js need a lot to be built: `make fleet-languages`.
.PHONY: fleet-mixed fleet-languages
READER_CPP := $(abspath $(TARGET_DIR))/fleet-reader-cpp
READERS = Rust=$(TARGET_DIR)/debug/grantmint-fleet-reader C++=$(READER_CPP)
MIXED = python3 -B tests/fleet/mixed.py --emulator $(TARGET_DIR)/debug/grantmint-emulator $(READERS)
fleet-mixed: build-readers ## test 1: processes in Rust and C++ that share through Redis
	$(MIXED)

fleet-languages: build-readers languages ## check 3: the same in all languages
	$(MIXED) Python="$(PYTHON) tests/fleet/reader.py" Node.js="node tests/fleet/reader.mjs $(NODE_INSTALLED)"

.PHONY: build-readers
build-readers:
	$(CARGO) build $(PROGRAMS) --lib --bin grantmint-emulator --bin grantmint-fleet-reader
	$(CXX) -std=c++17 -Wall -Wextra -Werror -Iinclude tests/fleet/reader.cpp -o $(READER_CPP) \
	  $(TARGET_DIR)/debug/libgrantmint.a $(shell cat ffi/packaging/native_libs)

header: ## write -: writes include/grantmint.h from ffi/src
	UPDATE=1 $(CARGO) test $(RUST) --test header

LINTS := licences words promises lint-release lint-python lint-node lint-rust
lint: ## lint 6: formatting, clippy, licences and duplicate crates
	@$(MAKE) $(call with_laps,$(LINTS))

# With all features, and with as few as there can be.
.PHONY: lint-rust
lint-rust: ## lint 4: formatting, clippy and the documentation of all crates
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets --features grantmint-core/tracing,grantmint-fleet/redis -- -D warnings
	$(CARGO) clippy --locked -p grantmint-core --no-default-features -- -D warnings
	$(CARGO) clippy --locked -p grantmint-emulator --no-default-features --all-targets -- -D warnings
	RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=$(TARGET_DIR)/shuttle \
	  $(CARGO) clippy --locked -p grantmint-shuttle --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --workspace --quiet

licences:
	python3 tests/packaging/dependencies.py
	python3 tests/packaging/third_party.py
	python3 tests/packaging/sboms.py

.PHONY: sboms
sboms: need-python ## write -: writes packaging/sboms, the crates in each library
	python3 tests/packaging/sboms.py write

.PHONY: third-party
third-party: need-python ## write -: writes THIRD-PARTY-LICENSES from what the libraries have in them
	python3 tests/packaging/third_party.py write

.PHONY: words promises
words: need-python ## lint -: one word for one thing: docs/glossary.md
	python3 tests/packaging/words.py

promises: need-python ## lint -: every promise has a test that is there: docs/promises.md
	python3 tests/packaging/promises.py

lint-release: ## lint -: one version everywhere, docs/unsafe.md, the workflows of the release
	python3 tests/packaging/versions.py
	python3 tests/packaging/unsafe_inventory.py
	python3 tests/packaging/workflows.py $(TARGET_DIR)/venv-lint
	@$(MAKE) --silent help >/dev/null

fmt: ## lint -: formats everything
	$(CARGO) fmt --all

CHECKS := check-asan check-tsan check-valgrind check-fuzz check-bench check-streams check-fleet demo packages-check
check: ## check 15: sanitizers, fuzzers for seconds, the demo, benches that run, checkers of packages
	@$(NOT_TRIED) start
	$(MAKE) $(call with_laps,$(CHECKS))
	@$(NOT_TRIED) show

# Each sanitizer has a target directory of its own: its flags would otherwise undo every other build.
# Leaks are valgrind's business: what a fork leaves behind is leaked on purpose. The C interface, where
# almost all `unsafe` is, runs under this sanitizer in test-c.
check-asan:
	RUSTFLAGS="-Zsanitizer=address" ASAN_OPTIONS=detect_leaks=0 CARGO_TARGET_DIR=target/asan \
	  $(NIGHTLY) test --locked --target $(HOST) -p grantmint-core --lib --test threads

check-tsan:
	RUSTFLAGS="-Zsanitizer=thread --cfg grantmint_tsan -Cunsafe-allow-abi-mismatch=sanitizer" \
	  TSAN_OPTIONS="suppressions=$(CURDIR)/tests/tsan.supp" CARGO_TARGET_DIR=target/tsan \
	  $(NIGHTLY) test --locked --target $(HOST) -p grantmint-core -p grantmint-ffi --test threads

check-valgrind:
	@$(TRY) valgrind 'C and C++ under valgrind' $(MAKE) try-valgrind

.PHONY: try-valgrind
try-valgrind: build-c build-cpp
	cd $(C_TESTS)/build && ctest --output-on-failure --label-regex valgrind
	cd $(CPP_TESTS) && ctest --output-on-failure --label-regex valgrind

# The inputs that are kept, then new ones for ten seconds each.
check-fuzz:
	$(CARGO) test $(RUST) --test corpus
	tests/fuzz/run.sh $(TARGET_DIR)/fuzz 10

check-bench:
	$(RELEASE) $(CARGO) run --release --quiet --locked -p grantmint-bench -- --smoke

# Simulated processes, and eight real ones for some seconds.
FLEET_RUN = python3 tests/fleet/run.py --emulator $(TARGET_DIR)/release/grantmint-emulator
FLEET_BUILD = $(RELEASE) $(CARGO) build $(SHOWS) --bin grantmint-fleet --bin grantmint-fleet-reader --bin grantmint-emulator
FLEET_RUST = Rust=$(TARGET_DIR)/release/grantmint-fleet-reader
.PHONY: check-fleet fleet-processes
check-fleet: ## check 2: processes that share grants: thousands of simulated ones, held to their bars, and eight real ones
	$(FLEET_BUILD)
	$(TARGET_DIR)/release/grantmint-fleet
	$(FLEET_RUN) --processes 8 --streams 5 --seconds 6 --kill $(FLEET_RUST)

.PHONY: fleet-redis fleet-server fleet-docs
FLEET_MACHINES = --hosts 4 --seconds $(FLEET_SECONDS) --redis
fleet-redis fleet-server fleet-docs: need-redis-server
fleet-redis: ## check 6: 64 processes of four machines that share through Redis, which then freezes, and is killed
	$(FLEET_BUILD)
	$(FLEET_RUN) $(FLEET_MACHINES) $(FLEET_RUST)
	$(FLEET_RUN) $(FLEET_MACHINES) --streams 10 --outage frozen $(FLEET_RUST)
	$(FLEET_RUN) $(FLEET_MACHINES) --streams 10 --outage killed $(FLEET_RUST)

# `make fleet-server RUN=silence` runs that one: silence or restart.
fleet-server: ## check 2: 200 processes whose upstream is silent, and 4,000 clients whose server of Redis starts again
	$(FLEET_BUILD)
	$(TARGET_DIR)/release/grantmint-fleet server $(RUN)

FLEET_PROGRAMS = --emulator $(TARGET_DIR)/release/grantmint-emulator --reader $(TARGET_DIR)/release/grantmint-fleet-reader
fleet-docs: ## write 6: measures what docs/fleet.md shows of servers of Redis, and draws it
	$(FLEET_BUILD)
	python3 tests/fleet/curve.py $(FLEET_PROGRAMS) --csv docs/fleet-calls.csv
	python3 tests/plots/fleet.py docs
	python3 tests/fleet/wire.py $(FLEET_PROGRAMS) --page docs/fleet.md
	python3 tests/fleet/memory.py $(FLEET_PROGRAMS) --page docs/fleet.md

FLEET_SECONDS ?= 120
fleet-processes: languages ## check 3: 64 processes of all languages that share grants, one of which is killed each second
	$(FLEET_BUILD)
	$(FLEET_RUN) --seconds $(FLEET_SECONDS) --kill $(FLEET_RUST) Python="$(PYTHON) tests/fleet/reader.py" \
	  Node.js="node tests/fleet/reader.mjs $(NODE_INSTALLED)"

.PHONY: streams-sockets streams-day streams-docs
# `grantmint-streams PART` runs the cases whose names have that part.
STREAMS = $(TARGET_DIR)/release/grantmint-streams
.PHONY: build-streams
build-streams:
	$(RELEASE) $(CARGO) build $(SHOWS) --bin grantmint-streams

check-streams streams-sockets streams-day streams-docs: build-streams
check-streams: ## check 2: many streams of one account on simulated upstreams, held to their bars; seconds of it over sockets
	$(STREAMS)
	$(STREAMS) sockets smoke

# `make streams-sockets RUN=enough` runs that one: no-limit, enough, barely, too-little or changes.
streams-sockets: ## check 30: many streams of one account over real sockets, held to their bars: half an hour
	$(STREAMS) sockets $(RUN)

streams-day: ## check 5: a simulated day of 10,000 streams: limits, latencies and outages at random
	$(STREAMS) day

streams-docs: ## write 30: measures what docs/streams.md has pictures of, and draws them
	$(STREAMS) sockets changes --csv docs/streams-rate.csv
	$(STREAMS) carried > docs/streams-carried.csv
	python3 tests/plots/streams.py docs

# `make fuzz FUZZ="c_api mint" FUZZ_SECONDS=3600` runs those two for an hour.
FUZZ_SECONDS ?= 60
fuzz: ## check 10: looks for inputs that break something, FUZZ_SECONDS for each target
	tests/fuzz/run.sh $(TARGET_DIR)/fuzz $(FUZZ_SECONDS) $(FUZZ)

# One change in twenty, which `make mutants MUTANTS_SHARD=1/20` makes others; MUTANTS="--file core/src/cache/ask/call.rs"
# limits them. What is changed and what is left out: .cargo/mutants.toml.
.PHONY: mutants
MUTANTS_SHARD ?= 0/20
mutants: need-cargo-mutants ## check 90: changes core's code in one place at a time, and lists changes that no test fails at
	CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=1 cargo mutants --package grantmint-core --features grantmint-fleet/redis \
	  --sharding round-robin --shard $(MUTANTS_SHARD) --output $(TARGET_DIR) $(MUTANTS) -- -- $(addprefix --skip ,$(SLOW))

.PHONY: languages test-faults faults soak test-long
PYTHON := $(CURDIR)/target/venv-newest/bin/python
NODE_INSTALLED := $(NODE_PACKED)/installed
FAULTS := $(abspath $(TARGET_DIR))/faults
MATRIX = python3 tests/faults/matrix.py --emulator $(TARGET_DIR)/debug/grantmint-emulator

# The libraries of all languages, as their users have them.
languages: build-node
	$(CARGO) build $(PROGRAMS) --lib --bin grantmint-emulator --bin fault-probe --bin fleet-probe --bin bad-store
	python3 bindings-python/driver.py install
	npm install --prefix $(NODE_INSTALLED) --offline --no-audit --no-fund --silent $(NODE_PACKED)/*.tgz
	mkdir -p $(FAULTS)
	for probe in probe fleet_probe; do \
	  $(CC) -std=c11 -Wall -Wextra -Werror -Iinclude tests/faults/$$probe.c -o $(FAULTS)/$$probe-c $(LINKED) && \
	  $(CXX) -std=c++17 -Wall -Wextra -Werror -Iinclude tests/faults/$$probe.cpp -o $(FAULTS)/$$probe-cpp $(LINKED) || exit 1; \
	done

LINKED = $(TARGET_DIR)/debug/libgrantmint.a $(shell cat ffi/packaging/native_libs)
PROBES = Rust=$(TARGET_DIR)/debug/fault-probe C=$(FAULTS)/probe-c C++=$(FAULTS)/probe-cpp \
  Python="$(PYTHON) tests/faults/probe.py" Node.js="node tests/faults/probe.mjs $(NODE_INSTALLED)"
FLEETS = python3 tests/faults/fleets.py --emulator $(TARGET_DIR)/debug/grantmint-emulator --bad-store $(TARGET_DIR)/debug/bad-store
FLEET_PROBES = Rust=$(TARGET_DIR)/debug/fleet-probe C=$(FAULTS)/fleet_probe-c C++=$(FAULTS)/fleet_probe-cpp \
  Python="$(PYTHON) tests/faults/fleet_probe.py" Node.js="node tests/faults/fleet_probe.mjs $(NODE_INSTALLED)"

test-faults: languages ## test 2: every fault of upstream, and of what a fleet shares by, in every language, against docs/faults.md
	$(MATRIX) --check docs/faults.md $(PROBES)
	@$(TRY) redis-server 'faults of what a fleet shares by' $(FLEETS) --check docs/faults.md $(FLEET_PROBES)

faults: languages ## write 2: writes docs/faults.md
	$(MATRIX) --write docs/faults.md $(PROBES)
	$(FLEETS) --write docs/faults.md $(FLEET_PROBES)

.PHONY: test-page try-page page-pictures
PAGE_TESTS := tests/page
PAGE_RUN = cd $(PAGE_TESTS) && CHROMIUM=$$(command -v chromium) GRANTMINT_PYTHON=$(PYTHON) \
  GRANTMINT_NODE=$(NODE_INSTALLED) GRANTMINT_LIBRARY=$(abspath $(TARGET_DIR))/debug/libgrantmint.a \
  GRANTMINT_EMULATOR=$(abspath $(TARGET_DIR))/debug/grantmint-emulator

$(PAGE_TESTS)/node_modules/.package-lock.json: $(PAGE_TESTS)/package-lock.json | need-node
	npm ci --prefix $(<D) --ignore-scripts --no-audit --no-fund --silent
	touch $@

test-page: ## test 3: the page of the command line: its rules by raw sockets and in Chromium, its views, its snippets; peers that meet through a relay
	@$(TRY) redis-server 'the page with a fleet through Redis' true
	@$(TRY) turnserver 'two peers in Chromium through a coturn server' true
	@$(TRY) chromium 'the page of the command line' $(MAKE) try-page

# `make test-page TEST=rules` runs the files whose names begin so.
try-page: languages $(PAGE_TESTS)/node_modules/.package-lock.json
	$(CARGO) build $(PROGRAMS) --bin grantmint
	$(PAGE_RUN) GRANTMINT=$(abspath $(TARGET_DIR))/debug/grantmint node --test --test-concurrency=2 $(TEST)*.test.mjs

# By the program as it ships, whose show does not stutter.
page-pictures: $(PAGE_TESTS)/node_modules/.package-lock.json ## write 3: writes docs/page: what the page looks like
	$(RELEASE) $(CARGO) build --release --quiet --locked -p grantmint-cli
	$(PAGE_RUN) GRANTMINT=$(abspath $(TARGET_DIR))/release/grantmint PICTURES=$(CURDIR)/docs/page node --test looks.test.mjs

.PHONY: docs docs-pages docs-pictures test-docs try-docs try-site
docs: need-python need-node ## package 3: the documentation as a site with search, in target/docs/html
	python3 -B docs/site/build.py

docs-pages: need-python ## package 1: the same without the references of Rust and TypeScript
	python3 -B docs/site/build.py --pages

test-docs: need-python ## test 4: the documentation: does what the pages say, finds dead links, looks at the site in Chromium
	@if python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then $(MAKE) try-docs; \
	  else $(NOT_TRIED) note 'the documentation' 'Sphinx needs CPython 3.11 or newer'; fi

# `make try-docs PAGES=docs/tutorial/crowd.md` does what that page says.
try-docs: docs-pages languages build-packaging $(NODE_TESTS)/node_modules/.package-lock.json
	python3 -B -m unittest discover --start-directory tests/site
	node --test tests/site/search.test.mjs
	$(CARGO) build $(PROGRAMS) --bin grantmint
	@$(TRY) redis-server 'pages with a server of Redis' true
	GRANTMINT_PYTHON=$(PYTHON) GRANTMINT_NODE=$(NODE_INSTALLED) GRANTMINT_PREFIX=$(PACKAGING)/prefix GRANTMINT=$(abspath $(TARGET_DIR))/debug/grantmint \
	  python3 -B tests/site/examples.py $(PAGES)
	@$(TRY) chromium 'the documentation in Chromium' $(MAKE) try-site

try-site: $(PAGE_TESTS)/node_modules/.package-lock.json
	CHROMIUM=$$(command -v chromium) node --test tests/site/looks.test.mjs

docs-pictures: docs-pages $(PAGE_TESTS)/node_modules/.package-lock.json ## write 1: writes docs/site/pictures: what the site looks like
	CHROMIUM=$$(command -v chromium) PICTURES=$(CURDIR)/docs/site/pictures node --test tests/site/looks.test.mjs

test-long: ## check 60: the tests that take minutes
	GRANTMINT_LONG=1 $(RELEASE) $(CARGO) test --locked --release -p grantmint-core -- --nocapture
	GRANTMINT_LONG=1 $(MAKE) test-shuttle test-python test-node

.PHONY: test-soak
test-soak: need-python
	python3 -B -m unittest discover --start-directory tests/soak

# `make soak SEED=…` plays the faults of a run again; SERIES=FILE writes down what memory was.
SOAK_SECONDS ?= 120
DROP_IN := $(CURDIR)/bindings-python/tests/test_drop_in_differential.py
# Minters of one request are what is to be tried here.
SOAK_NODE = node --disable-warning=GRANTMINT_MINTER_PER_REQUEST --expose-gc --max-semi-space-size=1 tests/soak/soak.mjs $(NODE_INSTALLED)
soak: $(NODE_TESTS)/runtimes/node_modules/.package-lock.json
soak: languages $(NODE_TESTS)/node_modules/.package-lock.json ## check 8: three runs of a mixed load in every language, SOAK_SECONDS each; thousands of drop-in programs
	tests/machine/install.sh redis-server
	$(RELEASE) $(CARGO) build $(SHOWS) --bin grantmint-soak --bin grantmint-emulator
	python3 tests/soak/run.py --seconds $(SOAK_SECONDS) $(addprefix --seed ,$(SEED)) $(addprefix --series ,$(SERIES)) \
	  --emulator $(TARGET_DIR)/release/grantmint-emulator Rust=$(TARGET_DIR)/release/grantmint-soak \
	  Python="$(PYTHON) tests/soak/soak.py" gevent="$(PYTHON) tests/soak/soak.py gevent" Node.js="$(SOAK_NODE)"
	cd $(NODE_PACKED) && GRANTMINT_LONG=1 $(PYTHON) -m pytest -q -p no:cacheprovider \
	  -c $(CURDIR)/bindings-python/pyproject.toml --rootdir $(CURDIR)/bindings-python $(DROP_IN)
	GRANTMINT_LONG=1 GRANTMINT_EMULATOR=$(abspath $(TARGET_DIR))/release/grantmint-emulator \
	  node $(NODE_TESTS)/run.mjs $(NODE_PACKED) drop-in

test-python: build-emulator ## test 5: builds the wheel, installs it into clean environments and tests it there
	GRANTMINT_EMULATOR=$(abspath $(TARGET_DIR))/debug/grantmint-emulator python3 bindings-python/driver.py test

lint-python: ## lint -: formatting and lints of the Python package
	python3 bindings-python/driver.py lint

bench-python: ## measure 3: measures the Python package beside its peers
	python3 bindings-python/driver.py bench

wheel: ## start 4: a wheel and an sdist of the Python package, in target/wheels
	python3 bindings-python/driver.py wheel

.PHONY: build-node test-node lint-node

# npm writes this file last.
$(NODE_TESTS)%node_modules/.package-lock.json: $(NODE_TESTS)%package-lock.json | need-node
	npm ci --prefix $(<D) --ignore-scripts --no-audit --no-fund --silent
	touch $@

# The packages as they are published. In helpers.node are test helpers besides.
build-node:
	node bindings-node/scripts/npm.mjs $(NODE_PACKED) $(NODE_PACKED)/helpers.node

# `make test-node TEST=cache` runs the files whose names say so.
test-node: build-node $(NODE_TESTS)/node_modules/.package-lock.json
test-node: $(NODE_TESTS)/runtimes/node_modules/.package-lock.json ## test 4: packs the Node package, installs it where nothing else is, and tests it on all runtimes
	$(CARGO) build $(PROGRAMS) --bin grantmint-emulator
	@$(TRY) redis-server 'Node.js processes that share through a server of Redis' true
	@[ "$$GRANTMINT_TWILIO_NODE" ] || $(NOT_TRIED) extra "twilio-node's own tests on grantmint/twilio" \
	  'GRANTMINT_TWILIO_NODE names no checkout of it'
	GRANTMINT_TEST_HELPERS=$(NODE_PACKED)/helpers.node \
	  GRANTMINT_EMULATOR=$(abspath $(TARGET_DIR))/debug/grantmint-emulator \
	  node $(NODE_TESTS)/run.mjs $(NODE_PACKED) $(TEST)

lint-node: $(NODE_TESTS)/node_modules/.package-lock.json ## lint 1: formatting, lints, imports and types of the Node package
	cd bindings-node && test/node_modules/.bin/prettier --check .
	cd bindings-node && test/node_modules/.bin/prettier --config .prettierrc.json --check '../tests/{bundlers,fleet,page}/**/*.mjs' '../cli/page/*.mjs'
	cd bindings-node && test/node_modules/.bin/eslint --config test/eslint.config.mjs .
	$(NODE_TESTS)/node_modules/.bin/eslint --config $(NODE_TESTS)/eslint.config.mjs cli/page tests/page
	cd bindings-node && test/node_modules/.bin/depcruise --config test/dependency-cruiser.config.mjs .
	cd bindings-node && node test/node_modules/typescript/bin/tsc --project tsconfig.json
	node $(NODE_TESTS)/boundary.mjs
	node $(NODE_TESTS)/documented.mjs

.PHONY: npm test-npm test-bundlers test-bundlers-nightly bench-node
NPM := $(abspath $(TARGET_DIR))/npm
NODE_BENCH := bindings-node/bench
BUNDLERS := $(abspath $(TARGET_DIR))/bundlers

npm: ## start 2: the npm packages for this platform, in target/npm
	node bindings-node/scripts/npm.mjs $(NPM)
	@echo "to install them, where your program is: npm install $(NPM)/*.tgz"

test-npm: npm $(NODE_TESTS)/runtimes/node_modules/.package-lock.json ## test 2: tries the npm packages out on Node, Bun and Deno
	node $(NODE_TESTS)/run.mjs $(NPM) conformance

# What their own judges say of the npm packages.
NPM_CHECKS := npm-publint npm-attw npm-types npm-readme npm-release
.PHONY: packages-check-npm $(NPM_CHECKS)
packages-check-npm: $(NPM_CHECKS) ## check 2: what checkers, picky compilers and a registry say of the npm packages

$(NPM_CHECKS): npm $(NODE_TESTS)/node_modules/.package-lock.json $(NODE_TESTS)/runtimes/node_modules/.package-lock.json

npm-publint npm-attw npm-types npm-readme: npm-%:
	node $(NODE_TESTS)/run.mjs $(NPM) package-$*

# All of the release but the registry is as it will be: what is published where, and what is then installed.
npm-release: $(NODE_TESTS)/registry/node_modules/.package-lock.json
	GRANTMINT_TARBALLS=$(NPM) node --test --test-reporter=spec $(NODE_TESTS)/registry/release.test.mjs

# The tools are installed outside the source tree: some look for packages in all folders above.
$(BUNDLERS)/%/node_modules/.installed: tests/bundlers/%/package-lock.json
	rm -rf $(BUNDLERS)/$*.hidden && mkdir -p $(BUNDLERS)/$*
	cp tests/bundlers/$*/package.json tests/bundlers/$*/package-lock.json $(BUNDLERS)/$*
	npm ci --prefix $(BUNDLERS)/$* --ignore-scripts --no-audit --no-fund --silent
	touch $@

# `make test-bundlers TEST=webpack` tries those whose names say so.
test-bundlers: build-node $(BUNDLERS)/daily/node_modules/.installed ## test 2: the packages in bundlers, tracers and package managers
	node tests/bundlers/run.mjs $(BUNDLERS)/daily $(NODE_PACKED) daily $(TEST)

test-bundlers-nightly: build-node $(BUNDLERS)/nightly/node_modules/.installed ## check 4: the same in rarer tools
	node tests/bundlers/run.mjs $(BUNDLERS)/nightly $(NODE_PACKED) nightly $(TEST)

# Not `npm ci`: it wants one peer's packages for all other platforms, which not every mirror has.
$(NODE_BENCH)/node_modules/.package-lock.json: $(NODE_BENCH)/package-lock.json | need-node
	npm install --no-save --prefix $(<D) --ignore-scripts --no-audit --no-fund --silent
	touch $@

# `make bench-node BENCH="--json FILE"` also writes the figures down; BENCH=--smoke only runs everything.
bench-node: build-node $(NODE_BENCH)/node_modules/.package-lock.json ## measure 3: measures the Node package beside its peers
	node $(NODE_BENCH)/run.mjs $(NODE_PACKED) $(BENCH)

.PHONY: bench-docs
FOUND := $(abspath $(TARGET_DIR))/bench
# `make bench BENCH_RUNS=5` measures all of it five times, and quotes medians.
BENCH_RUNS ?= 1
bench: build-node $(NODE_BENCH)/node_modules/.package-lock.json ## measure 10: measures every language beside its peers; one table of ratios, and JSON
	mkdir -p $(FOUND) && rm -f $(FOUND)/*.json
	missed=0; \
	for run in $$(seq $(BENCH_RUNS)); do \
	  $(RELEASE) $(CARGO) run --release --quiet --locked -p grantmint-bench -- --json $(FOUND)/rust-$$run.json || missed=1; \
	  python3 bindings-python/driver.py bench $(FOUND)/python-$$run.json || missed=1; \
	  node bindings-node/bench/run.mjs $(NODE_PACKED) --json $(FOUND)/node-$$run.json || missed=1; \
	done; \
	python3 tests/bench/table.py $(FOUND); exit $$missed

bench-docs: ## write 1: writes what bench has found into docs/bench.md, the README and a picture
	python3 -m venv $(FOUND)/venv
	$(FOUND)/venv/bin/pip install --quiet --requirement tests/bench/requirements.txt
	$(FOUND)/venv/bin/python tests/bench/table.py $(FOUND) --publish .
