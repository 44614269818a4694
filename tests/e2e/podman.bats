#!/usr/bin/env bats
# `test` with podman: a service of its own (storage, run-time folder, configuration) behind a socket, real containers,
# and GPUs by CDI, played by the driver of tests/fake/libcuda.

load lib
load inside

# In a mount namespace of its own, so that this machine's CDI folder stays as it is.
serve() {
	local dir=$BATS_FILE_TMPDIR/podman
	mkdir -p "$dir/cdi"
	cat >"$dir/containers.conf" <<-EOC
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		runtime = "runc"
		lock_type = "file"
		tmp_dir = "$dir/tmp"
	EOC
	cat >"$dir/cdi/nvidia.json" <<-EOC
		{"cdiVersion": "0.5.0", "kind": "nvidia.com/gpu", "devices": [
		 {"name": "all", "containerEdits": {"env": ["FAKE_CUDA=context=46"], "mounts": [{"hostPath": "$BUILD/tests/fake/libcuda/libcuda.so.1",
		  "containerPath": "/usr/lib/x86_64-linux-gnu/libcuda.so.1", "options": ["ro", "bind"]}]}},
		 {"name": "1", "containerEdits": {"env": ["FAKE_CUDA=init=802"], "mounts": [{"hostPath": "$BUILD/tests/fake/libcuda/libcuda.so.1",
		  "containerPath": "/usr/lib/x86_64-linux-gnu/libcuda.so.1", "options": ["ro", "bind"]}]}}]}
	EOC
	mkdir -p /run/cdi
	# shellcheck disable=SC2016
	CONTAINERS_CONF=$dir/containers.conf detached "$dir/log" unshare --mount --propagation slave sh -c '
		mount --bind "$1/cdi" /run/cdi && exec podman --root "$1/root" --runroot "$1/run" system service -t 0 "unix://$1/socket"' \
		serve "$dir"
	echo "$DETACHED" >"$dir/pid"
	until_true 20 answers "$dir/socket" || { tail -n 3 "$dir/log" >"$BATS_FILE_TMPDIR/why"; return 0; }
	detached "$dir/tcp.log" "$REPO/tests/fake/tcp" "$dir/socket" "$BATS_FILE_TMPDIR/tcp"
	echo "$DETACHED" >"$BATS_FILE_TMPDIR/tcp.pid"
	until_true 20 test -e "$BATS_FILE_TMPDIR/tcp"
}
answers() { curl -sf -m 5 -o /dev/null --unix-socket "$1" http://d/_ping; }

setup_file() {
	if ! command -v podman >/dev/null; then
		echo 'podman is not installed' >"$BATS_FILE_TMPDIR/why"
	elif [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
		echo 'this container may not mount' >"$BATS_FILE_TMPDIR/why"
	else
		[ -e "$BUILD/tests/fake/libcuda/libcuda.so.1" ] || make -s -C "$REPO" "BUILD=$BUILD" tests >/dev/null
		serve
		[ -e "$BATS_FILE_TMPDIR/why" ] || images
	fi
}

# The images of all tests: inside.c, one that hangs, one that only fails.
images() {
	local dir=$BATS_FILE_TMPDIR
	printf '#include <signal.h>\n#include <unistd.h>\nint main(void) { signal(SIGTERM, SIG_IGN); for (;;) pause(); }' |
		gcc -O1 -static -s -o "$dir/hang" -x c -
	echo 'int main(void) { return 3; }' | gcc -O1 -static -s -o "$dir/exit" -x c -
	inside_tar "$dir/inside.tar"
	inside_tar "$dir/hang.tar" "$dir/hang"
	inside_tar "$dir/exit.tar" "$dir/exit"
	for name in inside hang exit; do
		curl -sf -m 60 -o /dev/null --unix-socket "$dir/podman/socket" -H 'Content-Type: application/x-tar' \
			--data-binary "@$dir/$name.tar" \
			"http://d/v4.0.0/libpod/images/import?reference=localhost/$name:1&changes=VOLUME%20/data%20/a=b,c:d%20/usr%20/"
	done
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/why" ] || unavailable "podman: $(cat "$BATS_FILE_TMPDIR/why")"
	PODMAN=$BATS_FILE_TMPDIR/podman
	export E2E_HOST=unix://$PODMAN/socket
}

teardown_file() {
	[ -e "$BATS_FILE_TMPDIR/podman/pid" ] || return 0
	[ ! -e "$BATS_FILE_TMPDIR/tcp.pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/tcp.pid")" 2>/dev/null || true
	process_stop "$(cat "$BATS_FILE_TMPDIR/podman/pid")" podman
	clear_exec_root "$BATS_FILE_TMPDIR/podman"
	rmdir /run/cdi 2>/dev/null || true
}

api() { curl -s -m 30 --unix-socket "$PODMAN/socket" "http://d/v1.41$1" "${@:2}"; }
# left: containers and volumes, ours or nameless.
left() {
	api '/containers/json?all=1' | jq -r '.[].Names[]'
	api /volumes | jq -r '.Volumes[]?.Name'
}
# remote: the same engine over TCP, as one on another machine, whose devices nobody here sees.
remote() {
	E2E_HOST=$(cat "$BATS_FILE_TMPDIR/tcp")
	export E2E_HOST
}

@test "podman: a container has no network, no capabilities, nothing to write to but small folders in memory" {
	run cudabuild test --image localhost/inside:1 --report "$BATS_TEST_TMPDIR/r.json"
	exits 0
	same "$(checks 'select(.id | startswith("inside")) | .id + " " + .status')" "$INSIDE"
	says 'skipped: no GPU'
	same "$(left)" ''
}

@test "podman: an image that hangs is ended when its time is up, and a failing one fails" {
	run cudabuild test --image localhost/hang:1 --timeout 1s
	exits 4
	says 'smoke.hang [hang]'
	run cudabuild test --image localhost/exit:1
	exits 1
	says 'smoke.end [crash]'
	same "$(left)" ''
}

@test "podman: an interrupt ends the container, a killed test is reaped by the next" {
	local pid
	for signal in INT KILL; do
		cudabuild test -q --image localhost/hang:1 >/dev/null 2>&1 &
		pid=$!
		for _ in $(seq 100); do [ "$(api /containers/json | jq length)" = 0 ] || break; sleep 0.1; done
		kill -$signal "$(pgrep -P "$pid")"
		wait "$pid" || status=$?
		[ $signal = KILL ] || { [ "$status" -eq 130 ] && same "$(left)" ''; }
	done
	[ -n "$(left)" ]
	run cudabuild test --image localhost/none:1 --offline
	exits 1
	same "$(left)" ''
}

@test "podman: GPUs come by their CDI names, and the probe meets their driver" {
	remote
	run cudabuild test --image localhost/inside:1 --gpus all --report "$BATS_TEST_TMPDIR/r.json"
	same "$(checks 'select(.id | startswith("gpu.")) | [.id, .status, .code, .fault] | join(" ")')" \
		$'gpu.driver pass  \ngpu.context error device-busy host'
	same "$(checks 'select(.id == "inside.gpus") | .found')" unset
	run cudabuild test --image localhost/inside:1 --gpus 1 --report "$BATS_TEST_TMPDIR/r.json"
	same "$(checks 'select(.id | startswith("gpu.")) | [.id, .status, .code, .fault] | join(" ")')" \
		'gpu.driver error system-not-ready host'
	same "$(left)" ''
}

@test "podman: a GPU that no CDI file names is a missing device, exit 6, and no failure of the image" {
	remote
	run cudabuild test --image localhost/inside:1 --gpus 7
	exits 6
	says 'unresolvable CDI devices nvidia.com/gpu=7'
	says 'nvidia-ctk cdi generate'
	same "$(left)" ''
}

@test "podman: without --gpus an engine on another machine is asked for none, and --require-gpu is exit 6" {
	remote
	run cudabuild test --image localhost/inside:1 --require-gpu
	exits 6
	says 'no GPU'
	same "$(left)" ''
}
