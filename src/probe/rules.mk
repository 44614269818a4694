# The probe's own rules, included by the Makefile.
#   $(PROBE_HOSTS)  the program that containers run, for each architecture that can be compiled for here; embedded as
#                   "probe/host" (amd64) and "probe/host-arm64"
#   $(PROBE_CU)     the kernels as one file for an image's own nvcc; embedded as "probe/spmm.cu"
#   $(FAKE_CUDA)    a libcuda.so.1 for tests without a GPU, which executes PTX itself; $(FAKE_TOOLKIT): a runtime and a
#                   cuSPARSE on top of it

HOST_SRC := $(wildcard src/probe/host/*.c src/probe/host/*.S)
FAKE_CUDA := $(BUILD)/tests/fake/libcuda/libcuda.so.1
FAKE_SRC := $(wildcard tests/fake/libcuda/*.c)
FAKE_TOOLKIT := $(BUILD)/tests/fake/toolkit/libcudart.so.12 $(BUILD)/tests/fake/toolkit/libcusparse.so.12
tests: $(if $(FAKE_SRC),$(FAKE_CUDA) $(FAKE_TOOLKIT))

# The arithmetic goes where it is included: the file then includes itself.
$(PROBE_CU): src/probe/spmm.cu src/probe/spmm.h src/probe/rules.mk
	@mkdir -p $(@D)
	$(Q)awk '/^#include "probe\/spmm.h"$$/ { print "#define SPMM_ARITHMETIC\n#include __FILE__\n#undef SPMM_ARITHMETIC"; next } { print }' \
		src/probe/spmm.cu | { echo '#ifndef SPMM_ARITHMETIC'; cat; echo '#else'; cat src/probe/spmm.h; echo '#endif'; } > $@

# The universal PTX, packed: it is most of the program.
$(BUILD)/probe/pack: src/probe/host/pack/pack.c src/probe/rules.mk
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(CC) -std=gnu11 -O1 $(if $(DEV),$(WARN) -Werror) -o $@ $< -llz4
$(BUILD)/probe/spmm.lz4: $(BUILD)/probe/pack src/probe/spmm.ptx
	$(Q)$< src/probe/spmm.ptx $@

# Nothing may bring in symbols newer than the oldest images have: no fortified calls, no stack protector, no start files of
# the C library.
HOST_FLAGS = -std=gnu11 -D_GNU_SOURCE -Isrc -Os -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -U_FORTIFY_SOURCE \
	$(if $(DEV),$(WARN) -Werror) -include src/probe/host/oldlibc.h -DPACKED_PTX='"$(BUILD)/probe/spmm.lz4"' $(HOST_SRC) -no-pie \
	-nostartfiles -Wl,--build-id=none -Wl,--hash-style=both -Wl,-z,noexecstack -Wl,-z,noseparate-code -Wl,-z,norelro -s
HOST_NEEDS = $(HOST_SRC) $(wildcard src/probe/host/*.h) $(BUILD)/probe/spmm.lz4 src/probe/rules.mk src/probe/symbols
$(BUILD)/probe/host: $(HOST_NEEDS)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC_AMD64)) $(HOST_FLAGS) -o $@.new
	@src/probe/symbols $@.new && mv $@.new $@
$(BUILD)/probe/host-arm64: $(HOST_NEEDS)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC_ARM64)) $(HOST_FLAGS) -mno-outline-atomics -o $@.new
	@src/probe/symbols $@.new && mv $@.new $@

$(FAKE_CUDA): $(FAKE_SRC) $(wildcard tests/fake/libcuda/*.h) tests/support/twin.h src/probe/spmm.h src/probe/rules.mk
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC)) -std=gnu11 -D_GNU_SOURCE -Itests -Isrc -g -O2 -fPIC -shared -fvisibility=hidden \
		$(if $(DEV),$(WARN) -Werror) -Wno-missing-prototypes -Wl,-soname,libcuda.so.1 -o $@ $(FAKE_SRC) -lm

$(FAKE_TOOLKIT): $(BUILD)/tests/fake/toolkit/%.so.12: tests/fake/toolkit/%.c tests/fake/toolkit/setting.h src/probe/rules.mk
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC)) -std=gnu11 -D_GNU_SOURCE -Itests -g -O1 -fPIC -shared -fvisibility=hidden \
		$(if $(DEV),$(WARN) -Werror) -Wno-missing-prototypes -Wl,-soname,$(@F) -o $@ $<

# For the program that qemu runs in the tests.
ARM_CUDA := $(if $(filter %host-arm64,$(PROBE_HOSTS)),$(BUILD)/tests/fake/libcuda-arm64/libcuda.so.1)
tests: $(ARM_CUDA)
$(BUILD)/tests/fake/libcuda-arm64/libcuda.so.1: $(FAKE_SRC) $(wildcard tests/fake/libcuda/*.h) tests/support/twin.h \
		src/probe/spmm.h src/probe/rules.mk
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC_ARM64)) -std=gnu11 -D_GNU_SOURCE -Itests -Isrc -g -O2 -fPIC -shared -fvisibility=hidden \
		-Wno-missing-prototypes -Wl,-soname,libcuda.so.1 -o $@ $(FAKE_SRC) -lm

# The twins of the kernels are executed millions of times.
$(BUILD)/tests/support/twins.o: CFLAGS += -O2

check-ptxas:  ## every release of NVIDIA's assembler that can be had takes the universal PTX; downloads are kept
	@tests/ptxas $(VERSIONS)
check-glibc: all  ## the probe's programs on the C libraries of Debian releases, old and new, amd64 and arm64
	@BUILD=$(BUILD) tests/glibc $(SUITES)
check-pythons:  ## the script for packages under Python 3.14 and 3.15, which most machines do not have
	@tests/pythons $(VERSIONS)
check-toolkits: all  ## NVIDIA's own CUDA runtimes and cuSPARSEs of CUDA 11, 12 and 13, opened by the probe; 1 GB of downloads
	@BUILD=$(BUILD) tests/toolkits $(VERSIONS)
.PHONY: check-ptxas check-glibc check-pythons check-toolkits

CLANG_CUDA ?= clang-14
probes:  ## makes the universal PTX anew with clang 14 and compares; UPDATE=1 replaces it
	@mkdir -p $(BUILD)/probe
	$(Q)$(CLANG_CUDA) -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_50 -Wno-unknown-cuda-version \
		-Xclang -target-feature -Xclang +ptx60 -Wall -Wextra -Werror -Isrc -O2 -S -o $(BUILD)/probe/spmm.ptx src/probe/spmm.cu
	$(if $(UPDATE),cp $(BUILD)/probe/spmm.ptx src/probe/spmm.ptx,cmp $(BUILD)/probe/spmm.ptx src/probe/spmm.ptx)
.PHONY: probes
