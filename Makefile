# What this project can do. `make help` lists it.

CARGO ?= cargo
NIGHTLY ?= cargo +nightly
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
C_TESTS := $(abspath $(TARGET_DIR))/c-tests
export PATH := $(C_TESTS)/venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: test-python lint-python bench-python wheel help demo test test-rust test-shuttle build-c test-c header lint fmt licences
.PHONY: check check-asan check-tsan check-valgrind check-bench bench soak

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## lets 20,000 viewers in, the vendor's way and through grantmint
	$(CARGO) run --release --quiet --locked -p grantmint-demo

test: test-rust test-shuttle test-c ## all tests

test-rust:
	$(CARGO) test --locked
	$(CARGO) test --locked -p grantmint-core --features tracing --test tracing

# A target directory of its own: the flag would otherwise undo every other build. A failure prints its
# schedule; `make test-shuttle TEST=name GRANTMINT_SCHEDULE=…` plays that one again.
test-shuttle: ## the cache under many thousand orders of its threads' steps
	RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=$(TARGET_DIR)/shuttle \
	  $(CARGO) test --locked -p grantmint-shuttle $(TEST)

# The doors for tests come first, so that what stays behind is the library as it ships.
build-c:
	$(CARGO) build --locked -p grantmint-ffi --features test-doors
	mkdir -p $(C_TESTS) && cp $(TARGET_DIR)/debug/libgrantmint.a $(C_TESTS)
	$(CARGO) build --locked -p grantmint-ffi
	tests/c/install_cmake.sh $(C_TESTS)/venv
	cmake -S tests/c -B $(C_TESTS)/build -DGRANTMINT_LIBRARY=$(C_TESTS)/libgrantmint.a \
	  -DGRANTMINT_SHARED_LIBRARY=$(abspath $(TARGET_DIR))/debug/libgrantmint.so
	cmake --build $(C_TESTS)/build --parallel

test-c: build-c ## the tests in C, plain and under ASan and UBSan
	cd $(C_TESTS)/build && ctest --output-on-failure --label-exclude valgrind

header: ## writes include/grantmint.h from ffi/src
	UPDATE=1 $(CARGO) test --locked -p grantmint-ffi --test header

lint: licences ## formatting, clippy, licences and duplicate crates
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) clippy --locked -p grantmint-core --no-default-features -- -D warnings
	$(CARGO) clippy --locked -p grantmint-core --features tracing --all-targets -- -D warnings
	RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=$(TARGET_DIR)/shuttle \
	  $(CARGO) clippy --locked -p grantmint-shuttle --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --workspace --quiet

licences:
	python3 tests/packaging/dependencies.py

fmt: ## formats everything
	$(CARGO) fmt --all

check: check-asan check-tsan check-valgrind check-bench demo ## sanitizers, the demo, benches that run

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

check-valgrind: build-c
	cd $(C_TESTS)/build && ctest --output-on-failure --label-regex valgrind

check-bench:
	$(CARGO) run --release --quiet --locked -p grantmint-bench -- --smoke
	$(CARGO) bench --quiet --locked -p grantmint-bench --bench ffi -- --smoke

bench: ## measures beside the peers and prints ratios
	$(CARGO) run --release --quiet --locked -p grantmint-bench
	$(CARGO) bench --quiet --locked -p grantmint-bench --bench ffi

soak: ## the long tests
	GRANTMINT_LONG=1 $(CARGO) test --locked --release -p grantmint-core -- --nocapture
	GRANTMINT_LONG=1 $(MAKE) test-shuttle

test-python: ## builds the wheel, installs it into clean environments and tests it there
	python3 bindings-python/driver.py test

lint-python: ## formatting and lints of the Python package
	python3 bindings-python/driver.py lint

bench-python: ## measures the Python package beside its peers
	python3 bindings-python/driver.py bench

wheel: ## a wheel and an sdist of the Python package, in target/wheels
	python3 bindings-python/driver.py wheel
