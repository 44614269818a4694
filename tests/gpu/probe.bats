#!/usr/bin/env bats
# The probe on this machine's own GPUs: kernels, both carriers, every visible device, the CUDA libraries that lie here.
# `make check-gpu` runs it; without a device each test is skipped by name (REQUIRE=gpu: fails). FAKE_GPU=1 with
# LD_LIBRARY_PATH=build/tests/fake/libcuda tries the tests themselves.

setup() {
	HOST=$BUILD/probe/host
	if [ ! -e /dev/nvidiactl ] && [ ! -e /dev/dxg ] && [ -z "${FAKE_GPU:-}" ]; then
		[[ " ${REQUIRE:-} " == *" gpu "* ]] && { echo 'required, but: no NVIDIA device on this machine'; return 1; }
		skip 'no NVIDIA device on this machine'
	fi
}

# bad FILE: rows that did not pass.
bad() { jq -c 'select(.status and (.status | IN("pass", "info") | not))' "$1"; }

# devices FILE / ran FILE: how many devices there are, and how many computed everything rightly.
devices() { jq -c 'select(.compute)' "$1" | wc -l; }
ran() { jq -c 'select(.ran)' "$1" | wc -l; }

@test "the universal kernels compute rightly on every GPU" {
	"$HOST" --timeout=300 >"$RECORD/universal.jsonl"
	[ "$(bad "$RECORD/universal.jsonl")" = '' ] || { bad "$RECORD/universal.jsonl"; return 1; }
	n=$(devices "$RECORD/universal.jsonl")
	[ "$n" -gt 0 ]
	[ "$(ran "$RECORD/universal.jsonl")" -eq "$n" ]
	[ "$(jq -r 'select(.status == "pass") | .id' "$RECORD/universal.jsonl" | grep -c '^gpu.spmm.ptx.')" -eq $((16 * n)) ]
}

@test "kernels of this machine's nvcc compute rightly" {
	command -v nvcc >/dev/null || skip 'nvcc is not installed'
	# All architectures of this nvcc, and PTX of its own version for what is newer.
	local flags
	read -ra flags <<<"${NVCC_FLAGS:--arch=all}"
	nvcc -fatbin "${flags[@]}" -o "$BATS_TEST_TMPDIR/probe.fatbin" "$BUILD/probe/spmm.cu"
	"$HOST" --timeout=300 --module="$BATS_TEST_TMPDIR/probe.fatbin" >"$RECORD/nvcc.jsonl"
	[ "$(bad "$RECORD/nvcc.jsonl")" = '' ] || { bad "$RECORD/nvcc.jsonl"; return 1; }
	n=$(devices "$RECORD/nvcc.jsonl")
	[ "$(jq -r 'select(.status == "pass") | .id' "$RECORD/nvcc.jsonl" | grep -c '^gpu.spmm.image.')" -eq $((16 * n)) ]
}

# LIBRARIES=DIR names where; the default is the whole machine.
@test "the CUDA runtimes and the cuSPARSE that lie here work on every GPU" {
	"$HOST" --quick --timeout=300 --look="${LIBRARIES:-/}" >"$RECORD/libraries.jsonl"
	found=$(jq -r 'select(.id and (.id | test("^(cudart|cusparse)"))) | .id' "$RECORD/libraries.jsonl")
	[ -n "$found" ] || skip 'no CUDA library on this machine: name a folder with LIBRARIES=DIR'
	[ "$(bad "$RECORD/libraries.jsonl")" = '' ] || { bad "$RECORD/libraries.jsonl"; return 1; }
}

@test "a module that no GPU can run is told by name" {
	sed 's/\.target sm_50/.target sm_999/' "$REPO/src/probe/spmm.ptx" >"$BATS_TEST_TMPDIR/odd.ptx"
	"$HOST" --quick --module="$BATS_TEST_TMPDIR/odd.ptx" >"$RECORD/odd.jsonl"
	[ "$(jq -r 'select(.id == "gpu.module.image") | .status' "$RECORD/odd.jsonl" | sort -u)" = fail ]
}

@test "a PTX newer than the driver is told by name" {
	sed 's/^\.version 6.0/.version 99.0/' "$REPO/src/probe/spmm.ptx" >"$BATS_TEST_TMPDIR/new.ptx"
	"$HOST" --quick --module="$BATS_TEST_TMPDIR/new.ptx" >"$RECORD/new.jsonl"
	[ "$(jq -r 'select(.id == "gpu.module.image") | .status' "$RECORD/new.jsonl" | sort -u)" = fail ]
}

@test "without a visible device the probe says so" {
	[ -z "${FAKE_GPU:-}" ] || export FAKE_CUDA=devices=0
	CUDA_VISIBLE_DEVICES='' "$HOST" --quick >"$RECORD/hidden.jsonl"
	[ "$(jq -r 'select(.id == "gpu.driver") | .code' "$RECORD/hidden.jsonl" | tail -1)" = no-device ]
}
