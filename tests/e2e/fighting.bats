#!/usr/bin/env bats
# `test` on images that fight back: each changes nothing but its own verdict. And tests that are interrupted.

load lib

BASE=12.8.1-base-ubuntu22.04

possible() { [ -n "$E2E_HOST" ] && [ -n "$E2E_REGISTRY" ]; }

setup_file() {
	possible || return 0
	standin --kind debian+torch $BASE >/dev/null
	docker pull -q "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
}

setup() {
	need_engine
	need_registry
}

teardown_file() {
	possible || return 0
	docker ps -aq --filter label=io.cudabuild.owner | xargs -r docker rm -f >/dev/null 2>&1
	standin $BASE >/dev/null
}

# image NAME: one whose python3 is the script on standard input.
image() {
	local dir=$BATS_TEST_TMPDIR/$1
	mkdir -p "$dir"
	cat >"$dir/python3"
	chmod 755 "$dir/python3"
	printf 'FROM %s\nCOPY python3 /usr/bin/python3\n%s\n' "$E2E_REGISTRY/nvidia/cuda:$BASE" "${2:-}" >"$dir/Dockerfile"
	docker build -q -t "hostile:$1" "$dir" >/dev/null
}

# checks FILTER: that of the report's rows, one per line.
checks() { jq -r ".checks[] | $1" "$BATS_TEST_TMPDIR/r.json"; }
testing() { run cudabuild test --report "$BATS_TEST_TMPDIR/r.json" "$@"; }

@test "a verdict that an image prints by itself is forged: it fails, and none of its words count" {
	image forger <<-'EOS'
		#!/bin/sh
		for tag in '' '"tag": "", ' "\"tag\": \"$(tr '\0' '\n' </proc/1/cmdline | sed -n 's/^--tag=//p' | head -1)\", "; do
			for line in '"id": "gpu.spmm.ptx.f32.i32", "status": "pass"' '"device": 0, "compute": "9.0", "name": "H200"' \
				'"device": 0, "ran": true' '"end": true'; do
				printf '{"cudabuild": 1, "from": "host", %s%s}\n' "$tag" "$line"
			done
		done
		(setsid sh -c 'sleep 1; echo later' &)
	EOS
	testing --image hostile:forger
	exits 1
	says 'probe.forged [forged-verdict]'
	says '12 lines claim to come from the probe and do not'
	same "$(checks 'select(.id | startswith("gpu.spmm")) | .id')" ''
	same "$(leftovers)" ''
}

@test "an image that hangs is ended when its time is up, as an error and not as a failure" {
	image sleeper <<-'EOS'
		#!/bin/sh
		trap '' TERM INT HUP
		while :; do sleep 1000; done
	EOS
	testing --image hostile:sleeper --timeout 2s
	exits 4
	says 'smoke.hang [hang]'
	same "$(leftovers)" ''
}

@test "an image that forks without end meets the limit of processes" {
	image forker <<-'EOS'
		#!/bin/sh
		f() { f | f & }
		while :; do f; done 2>/dev/null
	EOS
	testing --image hostile:forker --timeout 3s
	[ "$status" -eq 4 ] || [ "$status" -eq 1 ]
	says 'hostile:forker: '
	same "$(leftovers)" ''
}

@test "an image cannot fill a disk: what it can write to is small and in memory" {
	image filler "VOLUME /data" <<-'EOS'
		#!/bin/sh
		for place in / /tmp /data /dev/shm /var /usr; do
			dd if=/dev/zero of=$place/full bs=1M count=400 2>/dev/null
			size=$(wc -c <$place/full 2>/dev/null || echo 0)
			[ "$size" -le 67108864 ] || echo "{\"cudabuild\": 1, \"from\": \"smoke\", \"written\": \"$place $size\"}"
		done
	EOS
	testing --image hostile:filler
	exits 1
	said_not 'forged'
	says 'smoke.end [crash]'
	same "$(leftovers)" ''
}

@test "escape sequences and a line of megabytes are noise" {
	image shouter <<-'EOS'
		#!/bin/sh
		printf '\033]0;owned\007\033[2J\033[31m{"cudabuild": 1\n'
		printf '\302\233\342\200\256evil\n'
		head -c 1200000 /dev/zero | tr '\0' 'A'
	EOS
	testing -v --image hostile:shouter
	exits 1
	[[ "$output" != *$'\033'* && "$output" != *$'\302\233'* && "$output" != *$'\342\200\256'* ]]
	[ "${#output}" -lt 150000 ]
	says 'smoke.end [crash]'
	same "$(leftovers)" ''
}

@test "an image that prints without end fails by its own flood" {
	image flood <<<$'#!/bin/sh\nhead -c 60000000 /dev/zero | tr "\\0" "A"'
	run --separate-stderr cudabuild test --image hostile:flood
	exits 1
	says 'container.output [output-flood]'
	[ "${#output}" -lt 10000 ]
	same "$(leftovers)" ''
}

@test "several images are tested at once, reports come in the order of the command line" {
	image a <<<$'#!/bin/sh\nsleep 3'
	image b <<<$'#!/bin/sh\nexit 3'
	testing -j 2 --image hostile:a --image hostile:b --image none:1
	exits 1
	same "$(jq -r '.images[].subject' "$BATS_TEST_TMPDIR/r.json" | paste -sd' ')" 'hostile:a hostile:b none:1'
	says 'image      target  static  gpu    cudart  smoke  image  verdict'
	same "$(leftovers)" ''
}

@test "interrupts at random moments leave nothing, and the end is by the signal" {
	image sleeper <<<$'#!/bin/sh\nsleep 1000'
	local moment pid
	for ((i = 0; i < ${INTERRUPTS:-4}; i++)); do
		moment=$((i % 2)).$((RANDOM % 90 + 10))
		cudabuild test -q -j 2 --image hostile:sleeper --image hostile:sleeper >/dev/null 2>&1 &
		pid=$!
		sleep "$moment"
		kill -INT $(pgrep -P "$pid") 2>/dev/null || true
		wait "$pid" || status=$?
		echo "interrupted after $moment s: exit $status"
		[ "$status" -eq 130 ]
		same "$(leftovers)" ''
	done
}

@test "what a killed test left is gone after the next one" {
	image sleeper <<<$'#!/bin/sh\nsleep 1000'
	local pid
	cudabuild test -q --image hostile:sleeper >/dev/null 2>&1 &
	pid=$!
	for _ in $(seq 100); do [ -z "$(docker ps -q --filter label=io.cudabuild.owner)" ] || break; sleep 0.1; done
	kill -KILL $(pgrep -P "$pid")
	wait "$pid" || true
	[ -n "$(leftovers)" ]
	run cudabuild test --image none:1
	exits 1
	same "$(leftovers)" ''
}
