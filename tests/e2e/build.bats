#!/usr/bin/env bats
# `build` with a real engine: what is built, what is not built again, what fails, what is left behind.

load lib
load project

BASE=12.8.1-base-ubuntu22.04

setup() {
	need_engine
	need_registry
	standin --kind torch $BASE 12.6.3-base-ubuntu22.04 >/dev/null
	P=$BATS_TEST_TMPDIR/p
	project "$P" 'app: {copy: [src/], workdir: /data, command: [run, me]}'
	mkdir -p "$P/src"
	echo one >"$P/src/a.txt"
}

# label IMAGE KEY
label() { docker image inspect -f "{{index .Config.Labels \"$2\"}}" "$1"; }

@test "build makes the image that the plan says" {
	cudabuild generate -q -C "$P"
	run cudabuild build -C "$P"
	exits 0
	says 'small:cu128'
	same "$(label small:cu128 io.cudabuild.cuda)" 12.8
	same "$(docker image inspect -f '{{json .Config.Cmd}}' small:cu128)" '["run","me"]'
	run docker image inspect -f '{{json .Config.Env}}' small:cu128
	says 'NVIDIA_REQUIRE_CUDA=cuda>=12.0'
	same "$(leftovers)" ''
}

@test "build again builds nothing; a changed file of the application builds anew" {
	cudabuild generate -q -C "$P"
	cudabuild build -q -C "$P"
	local first
	first=$(docker image inspect -f '{{.Id}}' small:cu128)
	run cudabuild build -C "$P"
	exits 0
	says 'cached'
	said_not 'reading what was built' # it passed before
	same "$(docker image inspect -f '{{.Id}}' small:cu128)" "$first"
	echo two >"$P/src/a.txt"
	run cudabuild build -C "$P"
	exits 0
	says 'done'
	[ "$(docker image inspect -f '{{.Id}}' small:cu128)" != "$first" ]
}

@test "two variants are built side by side, and the result is one JSON document" {
	project "$P" 'variants: {one: {cuda: "12.8"}, two: {cuda: "12.6"}}'
	cudabuild generate -q -C "$P"
	run --separate-stderr cudabuild build -j 2 --format json -C "$P"
	exits 0
	same "$(jq -r '.builds | map(.variant + " " + .state) | join(", ")' <<<"$output")" 'one done, two done'
	fits build
	run docker image inspect -f x small:one small:two
	exits 0
}

@test "a failing step is exit 4 with its last lines and its line in the Dockerfile" {
	standin --kind debian $BASE >/dev/null
	template "$P" 'RUN echo the last words; exit 7'
	cudabuild generate -q --update -C "$P"
	run cudabuild build -C "$P"
	exits 4
	says 'the last words'
	says 'exit code 7'
	says 'images/cu128/Dockerfile:3'
	standin $BASE >/dev/null
}

@test "after a failure nothing more is begun, with --keep-going the rest is built" {
	standin --kind debian $BASE >/dev/null
	project "$P" 'variants: {bad: {cuda: "12.8"}, good: {cuda: "12.6"}}'
	# shellcheck disable=SC2016
	template "$P" '{{#require}}' 'RUN ["false"]' '{{/require}}'
	cudabuild generate -q --update -C "$P"
	run cudabuild build -j 1 -C "$P"
	exits 4
	says 'not-started'
	run cudabuild build -j 1 --keep-going -C "$P"
	exits 4
	said_not 'not-started'
	standin $BASE >/dev/null
}

@test "a base that the registry no longer has is exit 3 and names it" {
	cudabuild generate -q -C "$P"
	sed -i -E 's/("digest": "sha256:)[0-9a-f]{64}/\1'"$(printf '0%.0s' {1..64})"'/' "$P/cudabuild.lock"
	cudabuild generate -q -C "$P"
	run cudabuild build -C "$P"
	exits 3
	says 'nvidia/cuda'
}

@test "an unpinned plan is refused, and built with --allow-unpinned when the base is there" {
	cudabuild generate -q --offline -C "$P"
	run cudabuild build --offline -C "$P"
	exits 2
	says 'the plan is not pinned (cu128: base images, torch, pip packages)'
	docker pull -q "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
	run cudabuild build --offline --allow-unpinned -C "$P"
	exits 0
	same "$(label small:cu128 io.cudabuild.pinned)" false
	docker image rm -f "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
}

@test "build pins what is not pinned yet when the registry answers" {
	cudabuild generate -q --offline -C "$P"
	run cudabuild build -C "$P"
	exits 0
	says 'pinned what the registries answered'
	grep -q "^FROM .*:$BASE@sha256:" "$P/images/cu128/Dockerfile"
	run cudabuild generate --check -C "$P"
	exits 0
}

@test "a file that app.copy names and that is not there is named" {
	cudabuild generate -q -C "$P"
	rm -r "$P/src"
	run cudabuild build -C "$P"
	exits 2
	says "app.copy: there is no 'src'"
}

@test "a wheel that changed since it was locked is exit 3" {
	cudabuild generate -q -C "$P"
	echo other >>"$P/wheels/torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl"
	run cudabuild build -C "$P"
	exits 3
	says 'the lock says'
}

@test "an interrupt ends the build and leaves nothing" {
	standin --kind debian $BASE >/dev/null
	template "$P" 'RUN sleep 317'
	cudabuild generate -q --update -C "$P"
	cudabuild build -C "$P" >"$BATS_TEST_TMPDIR/log" 2>&1 &
	local job=$! pid
	for _ in $(seq 100); do
		grep -q 'RUN sleep' "$BATS_TEST_TMPDIR/log" && break
		sleep 0.2
	done
	grep -q 'RUN sleep' "$BATS_TEST_TMPDIR/log"
	pid=$(pgrep -f "worker build -C $P" || pgrep -f "cudabuild build -C $P")
	kill -INT "$pid"
	run wait $job
	status=0
	wait $job || status=$?
	exits 130
	same "$(leftovers)" ''
	for _ in $(seq 25); do
		pgrep -f '^sleep 317$' >/dev/null || break
		sleep 0.2
	done
	run pgrep -f '^sleep 317$'
	exits 1
	standin $BASE >/dev/null
}

@test "clean shows and removes this project's images only" {
	cudabuild generate -q -C "$P"
	cudabuild build -q -C "$P"
	tiny_image other:1
	run cudabuild clean --dry-run -C "$P"
	exits 0
	says 'image small:cu128'
	said_not 'other:1'
	run cudabuild clean -C "$P"
	exits 2
	says '--yes'
	run cudabuild clean --yes -C "$P"
	exits 0
	run docker image inspect small:cu128
	exits 1
	run docker image inspect -f x other:1
	exits 0
}
