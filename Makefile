# cudabuild: two programs from the same floors, and everything that checks them. `make help` lists the targets.
#
# Picked up by name alone: src/FLOOR/*.c, tests/unit/test_*.c (one test program each), tests/support/*.c (linked into
# every test program), tests/fuzz/fuzz_*.c with tests/fuzz/corpus/*/, tests/cases/*/run, tests/e2e/*.bats, src/*/*.ptx|py
# and templates/ (embedded, found through base/embed.h), src/data/*.csv (through the generator src/data/gen*.c).
#   DEV=1        all warnings, as errors        SAN=1      AddressSanitizer and UndefinedBehaviorSanitizer
#   COV=1        counts executed lines          BUILD=DIR  where everything is put (variants live side by side)
#   V=1          shows the commands             CC= CFLAGS= CPPFLAGS= LDFLAGS= are yours: appended, never overwritten

VERSION := 0.1.0
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
AR ?= ar
CLANG ?= clang
Q := $(if $(V),,@)
say = $(if $(or $(V),$(findstring s,$(firstword -$(MAKEFLAGS)))),@:,@echo '  $(1)  $@')

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR ?= $(PREFIX)/share/man

# --- the two programs -------------------------------------------------------------------------------------------------
# The front links light libraries only, since loading the heavy ones takes longer than its work.
LIGHT_PKGS := jansson yaml-0.1 libcrypto
HEAVY_PKGS := libcurl libarchive libxml-2.0 libelf liblz4 libzstd libpsl
# Object patterns below src/ that only the worker has.
HEAVY := adapt/http% adapt/archive% adapt/html% adapt/elf% adapt/inflate% adapt/domain% source/% engine/% inspect/% \
	 work/fetch% work/build% work/test% work/inspect% work/static% work/gpus% work/local% cli/run_%

MAIN := src/cli/main.c
GEN_SRC := $(wildcard src/data/gen*.c)
SRC := $(sort $(filter-out $(MAIN) $(GEN_SRC),$(wildcard src/*/*.c)))
OBJ := $(SRC:src/%.c=$(BUILD)/src/%.o)
HEAVY_OBJ := $(filter $(HEAVY:%=$(BUILD)/src/%.o),$(OBJ))
LIGHT_OBJ := $(filter-out $(HEAVY_OBJ),$(OBJ))
DATA_OBJ := $(if $(GEN_SRC),$(BUILD)/data/tables.o)
# One program for each architecture that there is a compiler for: $(CC) for this machine's own.
MACHINE := $(shell uname -m)
CC_AMD64 ?= $(if $(filter x86_64,$(MACHINE)),$(CC),x86_64-linux-gnu-gcc)
CC_ARM64 ?= $(if $(filter aarch64,$(MACHINE)),$(CC),aarch64-linux-gnu-gcc)
has_cc = $(shell command -v $(lastword $(1)))
PROBE_HOSTS := $(if $(call has_cc,$(CC_AMD64)),$(BUILD)/probe/host) $(if $(call has_cc,$(CC_ARM64)),$(BUILD)/probe/host-arm64)
PROBE_CU := $(BUILD)/probe/spmm.cu
PROGRAMS := $(if $(wildcard $(MAIN)),$(BUILD)/cudabuild $(BUILD)/worker)

EMBED := $(sort $(shell find templates -type f 2>/dev/null) $(wildcard src/*/*.ptx src/*/*.py src/data/schema/*.json) $(PROBE_HOSTS) $(PROBE_CU))

TESTS := $(sort $(wildcard tests/unit/test_*.c))
SUPPORT := $(sort $(wildcard tests/support/*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
TEST_BIN := $(TESTS:tests/%.c=$(BUILD)/tests/%)
REPLAY_BIN := $(FUZZERS:tests/fuzz/fuzz_%.c=$(BUILD)/tests/fuzz/replay_%)
FAKES := $(patsubst tests/fake/lib%.c,$(BUILD)/tests/fake/lib%.so.1,$(wildcard tests/fake/lib*.c))

# --- flags --------------------------------------------------------------------------------------------------------------
NO_BUILD := help probes clean setup demo check dist format format-check lint asan valgrind coverage uninstall bench bench-parts check-real check-ptxas
ifneq ($(filter-out $(NO_BUILD) fuzz-%,$(or $(MAKECMDGOALS),all)),)
ifeq ($(shell pkg-config --exists --print-errors $(LIGHT_PKGS) $(HEAVY_PKGS) cmocka >&2 && echo yes),yes)
PKG_CFLAGS := $(patsubst -I%,-isystem%,$(filter-out -I/usr/include/%-linux-gnu,$(shell pkg-config --cflags $(LIGHT_PKGS) $(HEAVY_PKGS))))
LIGHT_LIBS := $(shell pkg-config --libs $(LIGHT_PKGS)) -lm
HEAVY_LIBS := $(shell pkg-config --libs $(HEAVY_PKGS) $(LIGHT_PKGS)) -lm
TEST_LIBS := $(shell pkg-config --libs cmocka)
else
$(error libraries are missing (named above): `make setup` installs them on Debian, or set PKG_CONFIG_PATH)
endif
endif

OWN_CPPFLAGS := -Isrc -D_GNU_SOURCE -DCUDABUILD_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
OWN_CFLAGS := -std=gnu11 -g -O2 -fstack-protector-strong -fno-strict-aliasing -fvisibility=hidden
OWN_LDFLAGS := -Wl,--as-needed -Wl,-z,relro -Wl,-O1
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wformat=2 -Wswitch-enum -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef
ifeq ($(SAN),1)
OWN_CFLAGS := $(filter-out -O2,$(OWN_CFLAGS)) -O1 -fno-omit-frame-pointer \
	      -fsanitize=address,undefined -fno-sanitize-recover=all
OWN_LDFLAGS += -fsanitize=address,undefined
else ifeq ($(COV),1)
OWN_CFLAGS := $(filter-out -O2,$(OWN_CFLAGS)) -O0 --coverage
OWN_LDFLAGS += --coverage
else ifeq ($(FUZZ),1)
OWN_CFLAGS += -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
OWN_LDFLAGS += -fsanitize=address,undefined
else
OWN_CPPFLAGS += -D_FORTIFY_SOURCE=2
endif
ifeq ($(DEV),1)
OWN_CFLAGS += $(WARN) -Werror
endif

COMPILE = $(CC) $(OWN_CPPFLAGS) $(CPPFLAGS) $(OWN_CFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(OWN_CFLAGS) $(CFLAGS) $(OWN_LDFLAGS) $(LDFLAGS)

all: $(PROGRAMS) $(OBJ) $(FAKES)  ## both programs: build/cudabuild and build/worker

# What changes the objects, warnings apart: a change of it makes them all anew.
FLAGS := $(filter-out ccache,$(CC)) $(filter-out $(WARN) -Werror,$(OWN_CPPFLAGS) $(OWN_CFLAGS)) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' > $@

$(BUILD)/src/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/src/cli/main-front.o $(BUILD)/src/cli/main-worker.o: $(MAIN) $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(COMPILE) -DCUDABUILD_FRONT=$(if $(findstring front,$@),1,0) -c -o $@ $<

# An archive is made anew each time, so that it holds no object whose source is gone.
$(BUILD)/light.a: $(LIGHT_OBJ) $(DATA_OBJ) $(BUILD)/embed.o
	@rm -f $@; $(AR) rcs $@ $^
$(BUILD)/all.a: $(OBJ) $(DATA_OBJ) $(BUILD)/embed.o
	@rm -f $@; $(AR) rcs $@ $^

$(BUILD)/cudabuild: $(BUILD)/src/cli/main-front.o $(BUILD)/light.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(LIGHT_LIBS)
$(BUILD)/worker: $(BUILD)/src/cli/main-worker.o $(BUILD)/all.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(HEAVY_LIBS)

# --- data, templates and scripts in the programs ------------------------------------------------------------------------
# gen SRC OUT ID reads SRC/*.csv and writes OUT/tables.c and the string pool that it takes in by .incbin; ID, the catalog's
# id, is a sha256 over the files. It may use the base and model floors; what it uses of them must not need the tables.
$(BUILD)/gen: $(GEN_SRC:src/%.c=$(BUILD)/src/%.o) $(BUILD)/gen.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(LIGHT_LIBS)
$(BUILD)/gen.a: $(filter $(BUILD)/src/base/%.o $(BUILD)/src/model/%.o,$(LIGHT_OBJ))
	@rm -f $@; $(AR) rcs $@ $^
$(BUILD)/data/tables.c: $(BUILD)/gen $(wildcard src/data/*.csv)
	@mkdir -p $(@D)
	$(call say,GEN  )
	$(Q)$(BUILD)/gen src/data $(BUILD)/data $$(cd src/data && LC_ALL=C sha256sum *.csv | sha256sum | cut -c1-64)
$(BUILD)/data/tables.o: $(BUILD)/data/tables.c
	$(call say,CC   )
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/embed.list: FORCE
	@mkdir -p $(@D); echo '$(EMBED)' | cmp -s - $@ || echo '$(EMBED)' > $@
$(BUILD)/embed.S: src/base/embed.sh $(BUILD)/embed.list $(EMBED)
	$(call say,EMBED)
	$(Q)sh src/base/embed.sh $(BUILD) $(EMBED) > $@.tmp && mv $@.tmp $@
$(BUILD)/embed.o: $(BUILD)/embed.S
	$(call say,CC   )
	$(Q)$(CC) -c -o $@ $<

# --- the probe: its host program, the universal PTX, the fake driver of its tests ----------------------------------------
include src/probe/rules.mk

# --- tests --------------------------------------------------------------------------------------------------------------
$(BUILD)/tests/support.a: $(SUPPORT:tests/%.c=$(BUILD)/tests/%.o)
	@mkdir -p $(@D); rm -f $@; $(AR) rcs $@ $^
$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(COMPILE) -Itests -DCUDABUILD_BUILD='"$(BUILD)"' -c -o $@ $<
$(TEST_BIN): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/tests/support.a $(BUILD)/all.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(HEAVY_LIBS) $(TEST_LIBS)
$(BUILD)/tests/oracle/driver: $(BUILD)/tests/oracle/driver.o $(BUILD)/tests/support.a $(BUILD)/all.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(HEAVY_LIBS) $(TEST_LIBS)
$(REPLAY_BIN): $(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/all.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(HEAVY_LIBS)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/all.a
	$(call say,LD   )
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(HEAVY_LIBS)
$(BUILD)/tests/fake/lib%.so.1: tests/fake/lib%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -Isrc -g -O1 -fPIC -shared $(if $(DEV),$(WARN) -Werror) -Wl,-soname,$(@F) -o $@ $< \
		-ldl -lm

# Print what is read of an ELF file, of a tar: for tests/inspect/oracle, tests/cases/hostile.
LOOKS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/inspect/*.c))
$(LOOKS): $(BUILD)/tests/inspect/%: $(BUILD)/tests/inspect/%.o $(BUILD)/all.a
	$(call say,LD   )
	$(Q)$(LINK) -o $@ $^ $(HEAVY_LIBS)

tests: $(TEST_BIN) $(REPLAY_BIN) $(FAKES) $(LOOKS) $(BUILD)/tests/oracle/driver  ## builds the test programs without running them

check-fast: all tests  ## unit tests, cases and the fuzzers' corpora; no network, no root
	@BUILD=$(BUILD) WRAP='$(WRAP)' tests/fast
check-unit: all tests/unit/test_$(T).c $(BUILD)/tests/unit/test_$(T)  ## one unit test: make check-unit T=ver
	@BUILD=$(BUILD) WRAP='$(WRAP)' tests/fast $(BUILD)/tests/unit/test_$(T)
COUNT ?= 20000
check-oracle: $(BUILD)/tests/oracle/driver  ## COUNT random manifests, judged by the resolver and by a slow program of its own
	@tests/oracle/oracle.py $< $(COUNT) $(SEED)
check-e2e: all  ## the bats tests: real engine and registry; what cannot run is skipped by name
	@BUILD=$(BUILD) tests/e2e/run $(E2E)
check-interrupts: all  ## 50 interrupts of `test` at random moments leave no container (check-e2e does 4)
	@BUILD=$(BUILD) INTERRUPTS=50 BATS_TEST_TIMEOUT=1000 tests/e2e/run fighting
check-gpu: all  ## the probe on this machine's GPUs, with a JSON record; skipped by name where there is none
	@BUILD=$(BUILD) tests/gpu/run
check-real:  ## slow: real torch, real compilation; WHEELS=DIR names ready-made torch_sparse wheels
	@WHEELS='$(WHEELS)' tests/real
check-elf: $(BUILD)/tests/inspect/show  ## real libraries against readelf, nm and cuobjdump (slow; WHEELS=DIR), or those in FILES=DIR
	@BUILD=$(BUILD) WHEELS='$(WHEELS)' tests/inspect/$(if $(FILES),oracle $(FILES),parts)
check:  ## the whole test suite: set-up, check-fast with gcc, clang and sanitizers, check-e2e
	@tests/check
setup:  ## installs and starts what is missing (Debian), says what; safe to run twice
	@tests/setup
demo:  ## set-up, build, and the main job on a real example
	@tests/demo
bench:  ## measures against peers and limits; rewrites its section of docs/benchmarks.md
	@tests/bench/run

bench-parts:  ## fetches the library, environment and image that bench looks at (12 GB)
	@tests/bench/parts

asan:  ## check-fast under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) BUILD=build-asan SAN=1 check-fast
valgrind:  ## check-fast under valgrind
	@$(MAKE) BUILD=build-valgrind WRAP='valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite' \
		check-fast
coverage:  ## lines executed by check-fast per file, with a floor
	@if [ -d build-cov ]; then find build-cov -name '*.gcda' -delete; fi
	@$(MAKE) BUILD=build-cov COV=1 check-fast
	@BUILD=build-cov tests/coverage
SECONDS ?= 60
fuzz-%:  ## one fuzzer for a while: make fuzz-json SECONDS=60
	@$(MAKE) BUILD=build-fuzz FUZZ=1 CC='$(CLANG)' build-fuzz/tests/fuzz/fuzz_$*
	@mkdir -p build-fuzz/corpus/$*
	build-fuzz/tests/fuzz/fuzz_$* -max_total_time=$(SECONDS) -timeout=10 -artifact_prefix=build-fuzz/ build-fuzz/corpus/$* \
		$(wildcard tests/fuzz/corpus/$*)

lint:  ## layers, cycles, foreign headers, banned calls, lengths, lone headers, shellcheck, cppcheck, clang-tidy
	@tests/lint/all
C_FILES = $(wildcard src/*/*.[ch] src/probe/host/*.[ch] tests/*/*.[ch] tests/fake/*/*.[ch])
format:  ## clang-format over all C files
	clang-format -i $(C_FILES)
format-check:  ## fails where `make format` would change something
	clang-format --dry-run -Werror $(C_FILES)

# --- installing ---------------------------------------------------------------------------------------------------------
MAN := $(wildcard docs/man/*.1)
install: all  ## DESTDIR, PREFIX, BINDIR, LIBEXECDIR, MANDIR
	install -Dm755 $(BUILD)/cudabuild $(DESTDIR)$(BINDIR)/cudabuild
	install -Dm755 $(BUILD)/worker $(DESTDIR)$(LIBEXECDIR)/cudabuild/worker
	$(if $(MAN),install -d $(DESTDIR)$(MANDIR)/man1 && install -m644 $(MAN) $(DESTDIR)$(MANDIR)/man1/)
uninstall:  ## removes what install wrote
	rm -f $(DESTDIR)$(BINDIR)/cudabuild $(DESTDIR)$(LIBEXECDIR)/cudabuild/worker \
		$(MAN:docs/man/%=$(DESTDIR)$(MANDIR)/man1/%)
	-rmdir $(DESTDIR)$(LIBEXECDIR)/cudabuild
dist:  ## cudabuild-VERSION.tar.gz of the committed tree
	git archive --prefix=cudabuild-$(VERSION)/ -o cudabuild-$(VERSION).tar.gz HEAD
clean:  ## removes everything that was built
	rm -rf build build-*
help:  ## this list
	@sed -n 's/^\([a-z0-9%-]*\):.*  ## /\1\t/p' Makefile src/probe/rules.mk | sort | awk -F'\t' '{ printf "  %-14s %s\n", $$1, $$2 }'

FORCE:
.PHONY: all tests check-fast check-unit check-e2e check-gpu check-interrupts check-real check-oracle check-elf check setup demo bench bench-parts asan valgrind coverage lint format \
	format-check install uninstall dist clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(OBJ:.o=.d) $(wildcard $(BUILD)/src/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/data/*.d)
