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

# image NAME INSTRUCTION...: one with torch, whose interpreter says at once that all went well. It holds nothing but what
# that takes, since its bytes are read each time.
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
	cp "$BUILD"/tests/fake/toolkit/lib*.so.12 "$dir"
	# Kernels as an image's own nvcc might have made them: for a newer driver, for another GPU, broken, not all.
	sed 's/^\.version .*/.version 9.9/' "$REPO/src/probe/spmm.ptx" >"$dir/newer.ptx"
	sed 's/^\.target .*/.target sm_121/' "$REPO/src/probe/spmm.ptx" >"$dir/other.ptx"
	sed '/entry spmm_long_f16_i64(/,$d' "$REPO/src/probe/spmm.ptx" >"$dir/some.ptx"
	echo 'no kernels' >"$dir/broken.ptx"
	cat >"$dir/Dockerfile" <<-EOF
		FROM $E2E_REGISTRY/nvidia/cuda:$BASE AS full
		FROM scratch
		COPY --from=full /usr/lib/os-release /etc/
		COPY --from=full /etc/passwd /etc/
		COPY --from=full /usr/bin/dash /bin/sh
		COPY --from=full /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 /lib64/
		COPY --from=full /usr/lib/x86_64-linux-gnu/lib[cm].so.6 /usr/lib/x86_64-linux-gnu/libdl.so.2 \
			/usr/lib/x86_64-linux-gnu/libpthread.so.0 /usr/lib/x86_64-linux-gnu/librt.so.1 \
			/usr/lib/x86_64-linux-gnu/libgcc_s.so.1 /usr/lib/x86_64-linux-gnu/libstdc++.so.6* /lib/x86_64-linux-gnu/
		COPY --from=full /usr/local /usr/local
		COPY python3 /usr/bin/python3
		ENV PATH=/usr/local/bin:/usr/bin:/bin NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
		$(printf '%s\n' "$@")
	EOF
	docker build -q -t "gpu:$name" "$dir" >/dev/null
}

testing() {
	E2E_HOST=$(cat "$BATS_FILE_TMPDIR/tcp") run cudabuild test --report "$BATS_TEST_TMPDIR/r.json" "$@"
}

# verdict ID: status, code and fault of that check.
verdict() {
	jq -r --arg id "$1" '.checks[] | select(.id == $id) | [.status, .code, .fault] | join(" ")' "$BATS_TEST_TMPDIR/r.json"
}

# rows TABLE: each line is NAME ENVIRONMENT ID STATUS CODE FAULT ("-": none). All images are of gpu:row with that
# environment, all are tested in one run, and each must have that check.
rows() {
	local container name environment id due args=()
	container=$(docker create gpu:row /bin/sh)
	while read -r name environment _; do
		[ -n "$name" ] || continue
		docker commit -c "ENV ${environment/FAKE_CUDA=/FAKE_CUDA=twin=1,}" "$container" "gpu:$name" >/dev/null
		args+=(--image "gpu:$name")
	done <<<"$1"
	docker rm "$container" >/dev/null
	testing -j 4 "${args[@]}"
	while read -r name environment id due; do
		[ -n "$name" ] || continue
		same "$name, $environment: $(jq -r --arg image "gpu:$name" --arg id "$id" '.checks[] |
			select(.subject == $image and .id == $id) | [.status, .code // "-", .fault // "-"] | join(" ")' \
			"$BATS_TEST_TMPDIR/r.json")" "$name, $environment: $due"
	done <<<"$1"
}

# verdicts VERDICT: the images' verdicts are all that.
verdicts() { same "$(jq -r '.images[].verdict' "$BATS_TEST_TMPDIR/r.json" | sort -u)" "$1"; }

@test "faults of the host are errors with exit 6, and no failure of the image" {
	image row
	rows '
		initialize FAKE_CUDA=init=3 gpu.driver error driver-not-usable host
		nodevice FAKE_CUDA=init=100 gpu.driver error no-device host
		ordinal FAKE_CUDA=init=101 gpu.driver error invalid-device host
		shared FAKE_CUDA=init=303 gpu.driver error driver-not-usable host
		system FAKE_CUDA=init=304 gpu.driver error driver-not-usable host
		fabric FAKE_CUDA=init=802 gpu.driver error system-not-ready host
		mismatch FAKE_CUDA=init=803 gpu.driver error driver-mismatch host
		mps FAKE_CUDA=init=805 gpu.driver error mps-not-reachable host
		mpsnot FAKE_CUDA=init=807 gpu.driver error mps-not-reachable host
		unknown FAKE_CUDA=init=999 gpu.driver error driver-not-usable host
		memory FAKE_CUDA=context=2 gpu.context error out-of-memory host
		busy FAKE_CUDA=context=46 gpu.context error device-busy host
		ecc FAKE_CUDA=context=214 gpu.context error hardware-fault host
		nvlink FAKE_CUDA=context=220 gpu.context error hardware-fault host
		contained FAKE_CUDA=run=226 gpu.spmm.ptx.f16.i32 error hardware-fault host
		invalid FAKE_CUDA=load=200 gpu.module.ptx error invalid-kernel-image host
		nobinary FAKE_CUDA=load=209 gpu.module.ptx error arch-not-covered host
		jit FAKE_CUDA=load=221 gpu.module.ptx error jit-missing host
		ptx FAKE_CUDA=load=222 gpu.module.ptx error ptx-too-new-for-driver host
		function FAKE_CUDA=launch=98 gpu.spmm.ptx.f16.i32 error arch-not-covered host
		address FAKE_CUDA=run=700 gpu.spmm.ptx.f16.i32 error illegal-address host
		stack FAKE_CUDA=run=714 gpu.spmm.ptx.f16.i32 error launch-failed host
		launch FAKE_CUDA=run=719 gpu.spmm.ptx.f16.i32 error launch-failed host
		silent FAKE_CUDA=skip=1 gpu.spmm.ptx.f16.i32 error wrong-result host
	'
	exits 6
	verdicts error
	same "$(leftovers)" ''
}

@test "what is not known is an error too" {
	image row
	rows '
		crash FAKE_CUDA=crash=load gpu.crash error crash unknown
		nojit FAKE_CUDA=load=223 gpu.module.ptx error jit-disabled unknown
		number FAKE_CUDA=init=12345 gpu.driver error driver-error unknown
	'
	exits 6
	verdicts error
}

@test "faults of the image fail it" {
	image row
	rows '
		stub FAKE_CUDA=init=34 gpu.driver fail driver-stub image
		old FAKE_CUDA=init=35 gpu.driver fail driver-too-old image
		newer FAKE_CUDA=init=36 gpu.driver fail driver-too-old image
		compat FAKE_CUDA=init=804 gpu.driver fail forward-compat-unsupported image
	'
	exits 1
	verdicts fail
	image empty 'COPY empty /usr/lib/x86_64-linux-gnu/libcuda.so.1' 'ENV FAKE_HOOK=nodriver'
	testing --image gpu:empty
	exits 1
	same "$(verdict gpu.driver)" 'fail driver-file-empty image'
	same "$(verdict driver.stub)" 'fail driver-file-empty ' # by its bytes, too
}

# module FILE VERDICT: of an image whose own kernels are that file. The universal ones pass.
module() {
	image module "COPY $1 /usr/local/share/cudabuild/probe.fatbin" 'ENV FAKE_CUDA=twin=1'
	testing --image gpu:module
	exits 1
	same "$1: $(verdict gpu.module.ptx)" "$1: pass  "
	same "$1: $(verdict "${3:-gpu.module.image}")" "$1: $2"
}

@test "kernels that the image brings and no driver here can run are the image's fault" {
	module newer.ptx 'fail ptx-too-new-for-driver image'
	module other.ptx 'fail arch-not-covered image'
	module broken.ptx 'fail invalid-kernel-image image'
	module some.ptx 'fail kernel-missing image' gpu.spmm.image.f16.i64.long
}

@test "on a sound GPU kernels and the image's own libraries compute, exit 0" {
	image sound 'COPY libcudart.so.12 libcusparse.so.12 /usr/local/cuda-12.8/lib64/' 'ENV FAKE_CUDA=twin=1'
	testing --image gpu:sound
	exits 0
	same "$(verdict gpu.spmm.ptx.f64.i64.long)" 'pass  '
	same "$(verdict cudart)" 'pass  '
	same "$(verdict cusparse)" 'pass  '
	same "$(jq -r '.checks[] | select(.id == "cusparse") | .file' "$BATS_TEST_TMPDIR/r.json")" \
		/usr/local/cuda-12.8/lib64/libcusparse.so.12
}

@test "images tested at once share the GPUs out: each container has its own, and -v tells where the time went" {
	local image args=()
	image shared 'ENV FAKE_CUDA=twin=1'
	sed -i 's/"end": true/"id": "cpu.gpus", "status": "info", "found": "%s"}\n{"cudabuild": 1, "from": "smoke", "tag": "%s", &/
		s/"$tag"$/"$tag" "$NVIDIA_VISIBLE_DEVICES" "$tag"/' "$BATS_TEST_TMPDIR/shared/python3"
	docker build -q -t gpu:shared "$BATS_TEST_TMPDIR/shared" >/dev/null
	for image in a b c d; do
		docker tag gpu:shared "gpu:shared-$image"
		args+=(--image "gpu:shared-$image")
	done
	testing -v -j 4 --gpus 1,0,1 "${args[@]}" # named twice it is one GPU still: two at once
	exits 0
	same "$(jq -r '[.checks[] | select(.id == "cpu.gpus") | .found] | "\(length) \(unique | join(" "))"' "$BATS_TEST_TMPDIR/r.json")" '4 0 1'
	same "$(jq -r '[.images[] | [.times[].part | select(contains(".") | not)] | join(", ")] | unique | .[]' "$BATS_TEST_TMPDIR/r.json")" \
		'total, engine asked, files copied in, container made, container started, container, container removed, bytes read beside it, longer, cudabuild'
	says 'container started'
	testing --gpus 0,1 --image gpu:shared
	exits 0
	same "$(jq -r '.checks[] | select(.id == "cpu.gpus") | .found' "$BATS_TEST_TMPDIR/r.json")" 0,1
}

@test "a runtime or a cuSPARSE of the image that does not work here has its cause" {
	image row 'COPY libcudart.so.12 libcusparse.so.12 /usr/local/cuda-12.8/lib64/' 'ENV FAKE_CUDA=twin=1,load=223'
	rows '
		rtold FAKE_CUDART=count=35 cudart fail driver-too-old image
		rtcrash FAKE_CUDART=crash=1 cudart fail crash image
		nocode FAKE_CUSPARSE=create=4 cusparse fail arch-not-covered image
		nostart FAKE_CUSPARSE=create=1 cusparse fail library-not-usable image
		wrong FAKE_CUSPARSE=wrong=1 cusparse fail wrong-result image
		spill FAKE_CUSPARSE=spill=1 cusparse fail memory-overwritten image
		full FAKE_CUSPARSE=product=11 cusparse error out-of-memory host
	'
	exits 1
}

@test "a driver that hangs is an error, exit 4, and its container is gone" {
	image hang 'ENV FAKE_CUDA=hang=load'
	testing --image gpu:hang --timeout 5s
	exits 4
	same "$(verdict gpu.hang)" 'error hang unknown'
	same "$(leftovers)" ''
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
