#!/usr/bin/env bats
# The probe on this machine's own GPUs: kernels, both carriers, every visible device. `make check-gpu` runs it; without a
# device each test is skipped by name (REQUIRE=gpu: fails).

setup() {
	HOST=$BUILD/probe/host
	if [ ! -e /dev/nvidiactl ] && [ ! -e /dev/dxg ]; then
		[[ " ${REQUIRE:-} " == *" gpu "* ]] && { echo 'required, but: no NVIDIA device on this machine'; return 1; }
		skip 'no NVIDIA device on this machine'
	fi
}

# bad FILE: rows that did not pass.
bad() { jq -c 'select(.status and (.status | IN("pass", "info") | not))' "$1"; }

@test "the universal kernels compute rightly on every GPU" {
	"$HOST" --timeout=300 >"$RECORD/universal.jsonl"
	[ "$(bad "$RECORD/universal.jsonl")" = '' ] || { bad "$RECORD/universal.jsonl"; return 1; }
	devices=$(jq -c 'select(.uuid or .compute)' "$RECORD/universal.jsonl" | wc -l)
	ran=$(jq -c 'select(.ran)' "$RECORD/universal.jsonl" | wc -l)
	[ "$devices" -gt 0 ] && [ "$ran" -eq "$devices" ]
}

@test "kernels of this machine's nvcc compute rightly" {
	command -v nvcc >/dev/null || skip 'nvcc is not installed'
	nvcc -fatbin -arch=native -o "$BATS_TEST_TMPDIR/probe.fatbin" "$BUILD/probe/spmm.cu"
	"$HOST" --timeout=300 --module="$BATS_TEST_TMPDIR/probe.fatbin" >"$RECORD/nvcc.jsonl"
	[ "$(bad "$RECORD/nvcc.jsonl")" = '' ] || { bad "$RECORD/nvcc.jsonl"; return 1; }
	[ "$(jq -r 'select(.status == "pass") | .id' "$RECORD/nvcc.jsonl" | grep -c '^gpu.spmm.image.')" -eq $((16 * devices)) ]
}

@test "a module that no GPU can run is told by name" {
	sed 's/\.target sm_50/.target sm_999/' "$REPO/src/probe/spmm.ptx" >"$BATS_TEST_TMPDIR/odd.ptx"
	"$HOST" --quick --module="$BATS_TEST_TMPDIR/odd.ptx" >"$RECORD/odd.jsonl"
	[ "$(jq -r 'select(.id == "gpu.module.image") | .status' "$RECORD/odd.jsonl" | sort -u)" = fail ]
}

@test "without a visible device the probe says so" {
	CUDA_VISIBLE_DEVICES='' "$HOST" --quick >"$RECORD/hidden.jsonl"
	[ "$(jq -r 'select(.id == "gpu.driver") | .code' "$RECORD/hidden.jsonl" | tail -1)" = no-device ]
}
