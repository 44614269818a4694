#!/usr/bin/env bats
# `test` where there is a GPU: an engine that is reached over TCP and says it has NVIDIA's runtime, the toolkit of
# tests/fake/nvidia, and the driver of tests/fake/libcuda, which is told to fail.

load lib

BASE=12.8.1-base-ubuntu22.04

possible() { [ -n "$E2E_HOST" ] && [ -n "$E2E_REGISTRY" ]; }

setup_file() {
	possible || return 0
	[ -e "$BUILD/tests/fake/libcuda/libcuda.so.1" ] || make -s -C "$REPO" "BUILD=$BUILD" tests >/dev/null
	# One more engine, which finds NVIDIA's container toolkit in its PATH; its containers have no network.
	PATH=$REPO/tests/fake/nvidia:$PATH engine_start "$E2E/gpu/docker.sock" "$E2E/gpu/docker.pid" "$E2E/gpu/exec" \
		"$E2E/gpu/dockerd.log" --data-root "$E2E/gpu/data" --bridge "${E2E_BRIDGE:?}" --iptables=false \
		--ip6tables=false --ip-masq=false --add-runtime "nvidia=$(command -v runc)" || {
		echo "$WHY" >"$BATS_FILE_TMPDIR/why"
		return 0
	}
	export GPU_HOST=unix://$E2E/gpu/docker.sock
	"$REPO/tests/fake/tcp" "$E2E/gpu/docker.sock" "$BATS_FILE_TMPDIR/tcp" >/dev/null 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/tcp.pid"
	for _ in $(seq 100); do [ ! -e "$BATS_FILE_TMPDIR/tcp" ] || break; sleep 0.1; done
	standin --kind debian+torch $BASE >/dev/null
	E2E_HOST=$GPU_HOST docker pull -q "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
}

setup() {
	need_engine
	need_registry
	[ ! -e "$BATS_FILE_TMPDIR/why" ] || unavailable "$(cat "$BATS_FILE_TMPDIR/why")"
	export E2E_HOST=$GPU_HOST
}

teardown_file() {
	possible || return 0
	[ ! -e "$BATS_FILE_TMPDIR/tcp.pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/tcp.pid")" 2>/dev/null || true
	process_stop "$(cat "$E2E/gpu/docker.pid" 2>/dev/null)" dockerd
	clear_exec_root "$E2E/gpu"
	standin $BASE >/dev/null
}

# image NAME INSTRUCTION...: one whose interpreter says at once that all went well.
image() {
	local dir=$BATS_TEST_TMPDIR/$1 name=$1
	shift
	mkdir -p "$dir"
	cat >"$dir/python3" <<-'EOS'
		#!/bin/sh
		for word; do tag=${word#--tag=}; [ "$tag" = "$word" ] || break; done
		printf '{"cudabuild": 1, "from": "smoke", "tag": "%s", "end": true}\n' "$tag"
	EOS
	chmod 755 "$dir/python3"
	: >"$dir/empty"
	{
		printf 'FROM %s\nCOPY python3 /usr/bin/python3\nENV NVIDIA_REQUIRE_CUDA=\n' "$E2E_REGISTRY/nvidia/cuda:$BASE"
		printf '%s\n' "$@"
	} >"$dir/Dockerfile"
	docker build -q -t "gpu:$name" "$dir" >/dev/null
}

testing() {
	E2E_HOST=$(cat "$BATS_FILE_TMPDIR/tcp") run cudabuild test --report "$BATS_TEST_TMPDIR/r.json" "$@"
}

# verdict ID: status, code and fault of that check.
verdict() {
	jq -r --arg id "$1" '.checks[] | select(.id == $id) | [.status, .code, .fault] | join(" ")' "$BATS_TEST_TMPDIR/r.json"
}

# fault FAKE EXIT ID VERDICT: a driver told to fail like that gives this exit code and this row.
fault() {
	image fault "ENV FAKE_CUDA=$1,twin=1"
	testing --image gpu:fault
	exits "$2"
	same "$1: $(verdict "$3")" "$1: $4"
}

@test "faults of the host are errors with exit 6, and no failure of the image" {
	fault init=802 6 gpu.driver 'error system-not-ready host'
	fault init=999 6 gpu.driver 'error driver-not-usable host'
	fault init=100 6 gpu.driver 'error no-device host'
	fault context=46 6 gpu.context 'error device-busy host'
	fault context=2 6 gpu.context 'error out-of-memory host'
	fault load=221 6 gpu.module.ptx 'error jit-missing host'
	fault run=214 6 gpu.spmm.ptx.f16.i32 'error hardware-fault host'
	fault skip=1 6 gpu.spmm.ptx.f16.i32 'error wrong-result host'
	fault init=803 6 gpu.driver 'error driver-mismatch host'
}

@test "what is not known is an error too" {
	fault crash=load 6 gpu.crash 'error crash unknown'
	fault load=223 6 gpu.module.ptx 'error jit-disabled unknown'
	fault init=12345 6 gpu.driver 'error driver-error unknown'
}

@test "faults of the image fail it" {
	fault init=34 1 gpu.driver 'fail driver-stub image'
	fault init=804 1 gpu.driver 'fail forward-compat-unsupported image'
	image empty 'COPY empty /usr/lib/x86_64-linux-gnu/libcuda.so.1' 'ENV FAKE_HOOK=nodriver'
	testing --image gpu:empty
	exits 1
	same "$(verdict gpu.driver)" 'fail driver-file-empty image'
}

@test "a device that the container does not get is an error, exit 6" {
	image without 'ENV FAKE_HOOK=nodriver'
	testing --image gpu:without
	exits 6
	same "$(verdict gpu.driver)" 'error no-driver host'
	says 'run it on a machine with a GPU'
}

@test "a container that NVIDIA_REQUIRE_CUDA keeps from starting is the image's demand, by name" {
	image demanding 'ENV NVIDIA_REQUIRE_CUDA=cuda>=13.0' 'ENV FAKE_CUDA=version=12040'
	testing --image gpu:demanding
	exits 1
	same "$(verdict container.start)" 'fail driver-refused-by-image image'
	says 'unsatisfied condition: cuda>=13.0'
	same "$(leftovers)" ''
}

@test "--bench measures, --baseline compares with an earlier run, --floor asks for a share of the copy bandwidth" {
	image quick 'ENV FAKE_CUDA=twin=1,room=2097152,us=100:101:102,copyus=10'
	testing --image gpu:quick --bench --report "$BATS_TEST_TMPDIR/first.json"
	exits 0
	says 'bench.spmm.ptx.f32.i32@0: 101.0 us (100.0 - 102.0), 0.8 MB at 7.8 GB/s = 29.9 % of a copy'\''s 26.2 GB/s, gather 90.9 GB/s, 42 GFLOP/s'
	same "$(jq -r '[.benches[] | .bench] | length' "$BATS_TEST_TMPDIR/first.json")" 5
	same "$(jq -r '.benches[0] | [.subject, .device_name, .least_bytes, .most_bytes] | join(" ")' "$BATS_TEST_TMPDIR/first.json")" \
		'gpu:quick Interpreted "GPU" 0 790532 9179140'
	run cat "$BATS_TEST_TMPDIR/first.json"
	fits test
	sed -i 's/"median_ns": [0-9]*/"median_ns": 90000/; s/"min_ns": [0-9]*/"min_ns": 89000/; s/"p95_ns": [0-9]*/"p95_ns": 91000/' "$BATS_TEST_TMPDIR/first.json"
	sed -i '0,/"columns": 1024/s/"columns": 1024/"columns": 4096/' "$BATS_TEST_TMPDIR/first.json"
	testing -v --image gpu:quick --bench --baseline "$BATS_TEST_TMPDIR/first.json" --floor 25
	exits 1
	same "$(verdict bench.spmm.ptx.f16.i32)" 'warn slower-than-baseline '
	says '101.0 us, 1.12 times the earlier run'\''s: slower (noise: 3 %)'
	same "$(verdict bench.spmm.ptx.f32.i32)" 'info not-comparable '
	same "$(verdict bench.spmm.ptx.f32.i32.floor)" 'pass  '
	same "$(verdict bench.spmm.ptx.f32.i32.long.floor)" 'fail below-floor '
	run cudabuild test --image gpu:quick --bench --baseline "$BATS_TEST_TMPDIR/r.xml"
	exits 5
	run cudabuild test --image gpu:quick --floor 3
	exits 2
	says '--floor is for --bench'
}

@test "without --require-gpu a host that shows no GPU is a skip, with it exit 6" {
	image fine
	run cudabuild test --image gpu:fine
	exits 0
	says 'skipped: no GPU'
	run cudabuild test --image gpu:fine --require-gpu --report "$BATS_TEST_TMPDIR/r.xml"
	exits 6
	xmllint --noout "$BATS_TEST_TMPDIR/r.xml"
}
