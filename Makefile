# SPDX-License-Identifier: Apache-2.0
#
#   make demo     the main job on 44 invented referrals, in under a minute
#   make test     every test
#   make check    what reviewers would ask: layers, format, linters, sanitizers, both compilers
#   make          the programs, in build/gcc/bin
#   make install  programs, manual pages, completion, service units; PREFIX, DESTDIR
#
# More: make conformance (CEL's public test data), deps, unit-rules (one module's unit tests),
# crash-test ROUNDS=200, lint, fuzz TARGET=…, clean; check STEPS="layers format" for some steps.
#
# A build lives in B (default build/gcc); another compiler or sanitizer gets its own:
#   make CC=clang B=build/clang        make SANITIZE=address,undefined B=build/asan

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules --no-print-directory
JOBS ?= $(shell nproc)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

CC := gcc
# The two files of C++ (regular expressions, time zones) go to the same family of compiler.
CXX = $(subst gcc,g++,$(subst clang,clang++,$(CC)))
B ?= build/gcc
SANITIZE ?=
VERSION := 0.1.0

PKGS := libzmq lmdb msgpack libuv libsodium libfyaml jansson libarchive re2
# Asked at the first use and then kept: `make deps` may only just have installed them.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
# CCTZ comes without a file for pkg-config; it and RE2 are C++.
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lcctz -lstdc++)$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wswitch-enum \
	-Wimplicit-fallthrough -Wnull-dereference -Werror
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE
OPTIMISE := -O2 -g
ifeq ($(SANITIZE),)
HARDENING += -D_FORTIFY_SOURCE=3
else
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
# The sanitizers' own code defeats the analysis behind this warning in gcc.
WARNINGS += -Wno-null-dereference -Wno-maybe-uninitialized
endif
ifneq ($(findstring clang,$(CC)),)
WARNINGS += -Wno-unknown-warning-option
endif
CFLAGS_ALL = -std=c17 -D_GNU_SOURCE -DONWARD_VERSION='"$(VERSION)"' -I. $(PKG_CFLAGS) $(WARNINGS) \
	$(HARDENING) $(OPTIMISE) $(CFLAGS)
CXX_WARNINGS = $(filter-out -Wstrict-prototypes -Wmissing-prototypes -Wvla,$(WARNINGS))
CXXFLAGS_ALL = -std=c++17 -D_GNU_SOURCE -I. $(PKG_CFLAGS) $(CXX_WARNINGS) -fno-exceptions -fno-rtti \
	$(HARDENING) $(OPTIMISE) $(CXX_SANITIZE) $(CXXFLAGS)
# The check of function types is a run-time of C++'s own, and these programs are linked as C.
CXX_SANITIZE = $(if $(and $(SANITIZE),$(findstring clang,$(CC))),-fno-sanitize=function)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(if $(SANITIZE),-fsanitize=$(SANITIZE)) \
	$(LDFLAGS)

# Modules, lowest first: a module may include itself and what stands before it in its row.
MODULES := base model config directory exchange cel rules index author coverage wire store core review net client cli
DIR_base := broker/base
DIR_config := broker/config
DIR_model := broker/model
DIR_directory := directory
DIR_exchange := directory/exchange
DIR_cel := rules/cel
DIR_rules := rules
DIR_index := rules/index
DIR_author := rules/author
DIR_coverage := directory/coverage
DIR_wire := broker/wire
DIR_store := broker/store
DIR_core := broker/core
DIR_review := broker/review
DIR_net := broker/net
DIR_client := adapters/client
DIR_cli := broker/cli
USES_base :=
USES_config := model base
USES_model := base
USES_directory := base
USES_exchange := directory base
USES_cel := base
USES_rules := cel base
USES_index := rules cel base
USES_author := index rules cel base
USES_coverage := index rules cel directory model base
USES_wire := model base
USES_store := base
USES_core := store wire index rules cel directory config model base
USES_review := core store wire coverage author index rules cel directory config model base
USES_net := review core store wire coverage author index rules cel directory model config base
USES_client := wire model config base
USES_cli := client review core store wire coverage author index rules cel exchange directory model config base

# Sources of a module: its .c (and .cc) files but the programs' main.c.
sources = $(filter-out %/main.c,$(wildcard $(DIR_$(1))/*.c $(DIR_$(1))/*.cc))
object = $(patsubst %,$(B)/obj/%.o,$(basename $(1)))
archive = $(patsubst %,$(B)/lib/lib%.a,$(1))
link_with = $(call archive,$(1) $(USES_$(1)))

PROGRAMS := onwardd onward onward-inbox
MAIN_onwardd := broker/main.c
MAIN_onward := broker/cli/main.c
MAIN_onward-inbox := adapters/inbox/main.c
MODULE_onwardd := net
MODULE_onward := cli
MODULE_onward-inbox := client

.PHONY: all programs
all: programs
programs: $(patsubst %,$(B)/bin/%,$(PROGRAMS))

# Changes only when the flags do, so that other flags never meet old objects.
.PHONY: FORCE
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(CC) $(CFLAGS_ALL) $(CXXFLAGS_ALL) | cmp -s - $@ || \
		printf '%s\n' $(CC) $(CFLAGS_ALL) $(CXXFLAGS_ALL) >$@

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(B)/obj/%.o: %.cc $(B)/flags
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(CXX) $(CXXFLAGS_ALL) -MMD -MP -c $< -o $@

define module_rules
$(B)/lib/lib$(1).a: $(call object,$(call sources,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^

TEST_SOURCES_$(1) := $$(wildcard tests/unit/$(1)/*.c)
$(B)/tests/$(1): $$(patsubst %.c,$(B)/obj/%.o,$$(TEST_SOURCES_$(1))) $(call link_with,$(1))
	@mkdir -p $$(@D)
	@echo "  LINK    $$@"
	@$(CC) $$(LDFLAGS_ALL) -o $$@ $$(patsubst %.c,$(B)/obj/%.o,$$(TEST_SOURCES_$(1))) \
		-Wl,--start-group $(call link_with,$(1)) -Wl,--end-group $$(PKG_LIBS) -lcriterion -lpthread -lm

.PHONY: unit-$(1)
# One module's unit tests: make unit-rules
unit-$(1): $$(if $$(TEST_SOURCES_$(1)),$(B)/tests/$(1))
	@$$(if $$(TEST_SOURCES_$(1)),ONWARD_BUILD=$(B) $(B)/tests/$(1) $$(UNIT_FLAGS),true)
endef
$(foreach m,$(MODULES),$(eval $(call module_rules,$(m))))

define program_rules
$(B)/bin/$(1): $(call object,$(MAIN_$(1)) $(filter-out $(MAIN_$(1)),$(if $(filter onward-inbox,$(1)),$(wildcard adapters/inbox/*.c)))) \
	$(call link_with,$(MODULE_$(1)))
	@mkdir -p $$(@D)
	@echo "  LINK    $$@"
	@$(CC) $$(LDFLAGS_ALL) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) \
		-Wl,--end-group $$(PKG_LIBS) -lpthread -lm
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(p))))

# The client's tests run the reference adapter.
unit-client unit-programs: $(B)/bin/onward-inbox

UNIT_MODULES := $(foreach m,$(MODULES),$(if $(TEST_SOURCES_$(m)),$(m)))
.PHONY: unit unit-programs clean
unit: $(patsubst %,unit-%,$(MODULES))
unit-programs: $(patsubst %,$(B)/tests/%,$(UNIT_MODULES))
clean:
	rm -rf build

# What a person types.
.PHONY: deps check-deps test demo crash-test check lint
deps:
	@tests/check/deps build
check-deps: deps
	@tests/check/deps check
test: deps
	@$(MAKE) --output-sync=target programs unit-programs
	@tests/integration/run.py --build $(B) --jobs $(JOBS) $(ONLY)
demo: deps
	@$(MAKE) --output-sync=target programs
	@ONWARD_BIN=$(B)/bin tests/demo/run.sh
ROUNDS ?= 200
crash-test: deps
	@$(MAKE) --output-sync=target programs
	@ONWARD_BIN=$(B)/bin tests/crash/run.py --rounds $(ROUNDS)
check: check-deps
	@JOBS=$(JOBS) tests/check/run $(STEPS)
# The quick half of check: nothing that has to be built first.
lint: check-deps
	@JOBS=$(JOBS) tests/check/run layers words sizes golden headers format shell python

# CEL's public test data, as npm's package of it holds it, against rules/cel; writes the table into
# rules/CONFORMANCE.md.  The data is fetched once, by the lock file beside the runner.
.PHONY: conformance conformance-deps
CASES := build/conformance/cases.jsonl
CONFORMANCE_OBJECTS := $(call object,$(wildcard tests/conformance/*.c))
$(B)/tests/conformance: $(CONFORMANCE_OBJECTS) $(call link_with,cel)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $(CONFORMANCE_OBJECTS) -Wl,--start-group $(call link_with,cel) \
		-Wl,--end-group $(PKG_LIBS) -lpthread -lm
$(CASES): tests/conformance/cases.mjs tests/conformance/package.json \
		tests/conformance/package-lock.json
	@mkdir -p $(@D)
	@cp tests/conformance/package*.json $(@D)
	@cd $(@D) && npm ci --omit=peer --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@node tests/conformance/cases.mjs $(@D) >$@.new && mv $@.new $@
conformance-deps: deps
	@command -v node >/dev/null && command -v npm >/dev/null || tests/check/deps node
conformance: conformance-deps
	@$(MAKE) --output-sync=target $(B)/tests/conformance $(CASES)
	@$(B)/tests/conformance $(CASES) rules/CONFORMANCE.md

# For tests/check: the flags of this compiler, and the linter's stamps beside the objects, so that
# only what changed (or whose headers changed) is read again.
.PHONY: print-flags print-modules tidy
print-flags:
	@printf '%s\n' $(CFLAGS_ALL)
print-modules:
	@$(foreach m,$(MODULES),echo '$(m) $(DIR_$(m)) $(USES_$(m))';)
	@$(foreach p,$(PROGRAMS),echo '$(p) $(MAIN_$(p)) $(MODULE_$(p))';)
C_SOURCES = $(shell find broker adapters directory rules tests -name '*.c' | sort)
tidy: $(patsubst %.c,$(B)/tidy/%.ok,$(filter-out tests/fuzz/%,$(C_SOURCES)))
$(B)/tidy/%.ok: $(B)/obj/%.o .clang-tidy tests/.clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $*.c -- $(CFLAGS_ALL) 2>$@.err || { sed '/warnings\? generated/d' $@.err; exit 1; }
	@touch $@

# How fast it is on this machine; nothing timed is asserted.
#   make bench [QUICK=1] [BENCH_ONLY=chain,match] [BENCH_JSON=FILE]
.PHONY: bench bench-deps
BENCH_OBJECTS := $(call object,$(wildcard tests/bench/*.c))
# The brokers it is compared with, where they are installed (make bench-deps).
BENCH_LIBS = $(shell pkg-config --libs librabbitmq libnats 2>/dev/null || \
	pkg-config --libs librabbitmq 2>/dev/null || pkg-config --libs libnats 2>/dev/null)
$(B)/obj/tests/bench/rival_rabbitmq.o: CFLAGS += $(shell pkg-config --exists librabbitmq && \
	echo -DBENCH_RABBITMQ)
$(B)/obj/tests/bench/rival_nats.o: CFLAGS += $(shell pkg-config --exists libnats && \
	echo -DBENCH_NATS)
$(B)/bin/onward-bench: $(BENCH_OBJECTS) $(call link_with,cli)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $(BENCH_OBJECTS) -Wl,--start-group $(call link_with,cli) \
		-Wl,--end-group $(PKG_LIBS) $(BENCH_LIBS) -lpthread -lm
bench-deps:
	@tests/check/deps bench
bench: deps
	@$(MAKE) --output-sync=target $(B)/bin/onwardd $(B)/bin/onward-inbox $(B)/bin/onward-bench
	@$(B)/bin/onward-bench --bin $(B)/bin --work build/bench $(if $(QUICK),--quick) \
		$(if $(BENCH_JSON),--json $(BENCH_JSON)) $(if $(BENCH_ONLY),--only $(BENCH_ONLY))

# The rules alone, beside other engines (from npm, for this only).
#   make bench-rules
.PHONY: bench-rules
RULES_BENCH := $(call object,$(wildcard tests/bench/rules/*.c))
RULES_PEERS := build/bench-rules
$(B)/bin/onward-bench-rules: $(RULES_BENCH) $(call link_with,index)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $(RULES_BENCH) -Wl,--start-group $(call link_with,index) \
		-Wl,--end-group $(PKG_LIBS) -lpthread -lm
$(RULES_PEERS)/installed: tests/bench/rules/package.json tests/bench/rules/package-lock.json
	@mkdir -p $(@D)
	@cp tests/bench/rules/package*.json $(@D)
	@cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $@
bench-rules: conformance-deps
	@$(MAKE) --output-sync=target $(B)/bin/onward-bench-rules $(RULES_PEERS)/installed
	@tests/bench/rules/table.py $(B)/bin/onward-bench-rules -- \
		node tests/bench/rules/peers.mjs $(RULES_PEERS)

# The directory alone: postcodes, on a CSV of 800 MB that it invents and takes away again.
#   make bench-directory
.PHONY: bench-directory
DIRECTORY_BENCH := $(call object,$(wildcard tests/bench/directory/*.c))
$(B)/bin/onward-bench-directory: $(DIRECTORY_BENCH) $(call link_with,directory)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $(DIRECTORY_BENCH) -Wl,--start-group $(call link_with,directory) \
		-Wl,--end-group $(PKG_LIBS) -lpthread -lm
COVERAGE_BENCH := $(call object,$(wildcard tests/bench/coverage/*.c))
$(B)/bin/onward-bench-coverage: $(COVERAGE_BENCH) $(call link_with,coverage)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $(COVERAGE_BENCH) -Wl,--start-group $(call link_with,coverage) \
		-Wl,--end-group $(PKG_LIBS) -lpthread -lm
# Services, and the broker over them: with the bench's own homes, peers and loads.
SERVICES_BENCH := $(call object,$(wildcard tests/bench/services/*.c) \
	$(addprefix tests/bench/,home.c load.c peer.c report.c sample.c))
$(B)/bin/onward-bench-services: $(SERVICES_BENCH) $(call link_with,cli)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $(SERVICES_BENCH) -Wl,--start-group $(call link_with,cli) \
		-Wl,--end-group $(PKG_LIBS) -lpthread -lm
bench-directory: deps
	@$(MAKE) --output-sync=target $(B)/bin/onwardd $(B)/bin/onward-bench-services \
		$(B)/bin/onward-bench-directory $(B)/bin/onward-bench-coverage
	@mkdir -p build/bench-directory
	@$(B)/bin/onward-bench-services $(B)/bin build/bench-directory $(BENCH_SERVICES)
	@$(B)/bin/onward-bench-directory build/bench-directory
	@$(B)/bin/onward-bench-coverage

# A fuzzer is tests/fuzz/<module>_<what>.c with LLVMFuzzerTestOneInput; its corpus lies beside it.
#   make fuzz TARGET=wire_pack FUZZ_SECONDS=600
.PHONY: fuzz fuzz-build
FUZZ_B := build/fuzz
FUZZERS := $(basename $(notdir $(wildcard tests/fuzz/*.c)))
fuzz_module = $(firstword $(subst _, ,$(1)))
define fuzz_rules
$(B)/fuzz/$(1): $(B)/obj/tests/fuzz/$(1).o $(call link_with,$(call fuzz_module,$(1)))
	@mkdir -p $$(@D)
	@$(CC) $$(LDFLAGS_ALL) -fsanitize=fuzzer -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) \
		-Wl,--end-group $$(PKG_LIBS) -lpthread -lm
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rules,$(f))))
fuzz-build: $(patsubst %,$(B)/fuzz/%,$(FUZZERS))
FUZZ_SECONDS ?= 60
fuzz:
	@test -n "$(TARGET)" || { echo "TARGET is one of: $(FUZZERS)" >&2; exit 64; }
	@$(MAKE) CC=clang B=$(FUZZ_B) SANITIZE=address,undefined,fuzzer-no-link $(FUZZ_B)/fuzz/$(TARGET)
	@mkdir -p $(FUZZ_B)/corpus/$(TARGET)
	@$(FUZZ_B)/fuzz/$(TARGET) -max_total_time=$(FUZZ_SECONDS) -max_len=262144 \
		$(FUZZ_B)/corpus/$(TARGET) $(wildcard tests/fuzz/corpus/$(TARGET))

# Installing and packaging: make install, deb, docker-check, sbom.
include docker/ship.mk
# The rules as a library for other programs: make lib-rules, install-rules.
include rules/library.mk

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
