# The probe's own rules, included by the Makefile.
#   $(PROBE_HOST)  the program that containers run; embedded as "probe/host"
#   $(FAKE_CUDA)   a libcuda.so.1 for tests without a GPU, which executes PTX itself

HOST_SRC := $(wildcard src/probe/host/*.c src/probe/host/*.S)
FAKE_CUDA := $(BUILD)/tests/fake/libcuda/libcuda.so.1
FAKE_SRC := $(wildcard tests/fake/libcuda/*.c)
tests: $(if $(FAKE_SRC),$(FAKE_CUDA))

# Nothing may bring in symbols newer than GLIBC_2.2.5: no fortified calls, no stack protector, no start files of the C library.
$(PROBE_HOST): $(HOST_SRC) $(wildcard src/probe/host/*.h) src/probe/spmm.ptx src/probe/rules.mk src/probe/symbols
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC)) -std=gnu11 -D_GNU_SOURCE -Isrc -O2 -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE \
		$(if $(DEV),$(WARN) -Werror) -include src/probe/host/oldlibc.h -o $@.new $(HOST_SRC) -no-pie -nostartfiles \
		-Wl,--no-as-needed -Wl,--build-id=none -Wl,--hash-style=both -Wl,-z,noexecstack -l:libdl.so.2 -s
	@src/probe/symbols $@.new && mv $@.new $@

$(FAKE_CUDA): $(FAKE_SRC) $(wildcard tests/fake/libcuda/*.h) src/probe/rules.mk
	@mkdir -p $(@D)
	$(call say,CC   )
	$(Q)$(filter-out ccache,$(CC)) -std=gnu11 -D_GNU_SOURCE -Itests -g -O2 -fPIC -shared -fvisibility=hidden \
		$(if $(DEV),$(WARN) -Werror) -Wno-missing-prototypes -Wl,-soname,libcuda.so.1 -o $@ $(FAKE_SRC) -lm

CLANG_CUDA ?= clang-14
probes:  ## makes the universal PTX anew with clang 14 and compares; UPDATE=1 replaces it
	@mkdir -p $(BUILD)/probe
	$(Q)$(CLANG_CUDA) -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_50 -Wno-unknown-cuda-version \
		-Xclang -target-feature -Xclang +ptx60 -Wall -Wextra -Werror -O2 -S -o $(BUILD)/probe/spmm.ptx src/probe/spmm.cu
	$(if $(UPDATE),cp $(BUILD)/probe/spmm.ptx src/probe/spmm.ptx,cmp $(BUILD)/probe/spmm.ptx src/probe/spmm.ptx)
.PHONY: probes
