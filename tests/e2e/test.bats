#!/usr/bin/env bats
# `test` with a real engine: verdicts about images that are there, are not there, are old, hang, or lie.

load lib
load project
load inside

BASE=12.8.1-base-ubuntu22.04

setup() {
	need_engine
	need_registry
	standin --kind debian $BASE >/dev/null
	P=$BATS_TEST_TMPDIR/p
	project "$P"
	cudabuild generate -q --update -C "$P"
}

# An image without torch, which build says, too.
built() {
	run cudabuild build -q -C "$P"
	exits 1
	says 'missing-torch'
}

teardown() { standin $BASE >/dev/null; }

@test "an image without Python and torch fails by name, and the GPU part is skipped by name" {
	built
	run cudabuild test -C "$P"
	exits 1
	says 'no GPU'
	says 'cu128: fail'
	same "$(leftovers)" ''
}

@test "an image that was never built is exit 1 with the hint build" {
	docker image rm -f small:cu128 >/dev/null 2>&1 || true
	run cudabuild test -C "$P"
	exits 1
	says 'the engine has no such image'
	says 'cudabuild build'
}

@test "an image built from another lock proves nothing" {
	built
	sed -i 's/^name: small/name: small\nos: ubuntu22.04/; 0,/os: ubuntu22.04/!b' "$P/cudabuild.yaml"
	sed -i '0,/^os: ubuntu22.04/{/^os: ubuntu22.04/d}' "$P/cudabuild.yaml"
	echo 'app: {env: {A: "1"}}' >>"$P/cudabuild.yaml"
	cudabuild generate -q -C "$P"
	run cudabuild test -C "$P"
	exits 1
	says 'built from another lock'
}

@test "any image of the engine can be tested, and what was asked for is required" {
	docker pull -q "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
	run cudabuild test --image "$E2E_REGISTRY/nvidia/cuda:$BASE" --report "$BATS_TEST_TMPDIR/r.json"
	exits 1
	same "$(jq -r .schema "$BATS_TEST_TMPDIR/r.json")" 1
	same "$(jq -r '.images[0].verdict' "$BATS_TEST_TMPDIR/r.json")" fail
	output=$(cat "$BATS_TEST_TMPDIR/r.json")
	fits test
	docker image rm -f "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
}

@test "an image that only its registry has is pulled and tested" {
	echo "image: $E2E_REGISTRY/team/gnn" >>"$P/cudabuild.yaml"
	cudabuild generate -q -C "$P"
	built
	docker push -q "$E2E_REGISTRY/team/gnn:cu128" >/dev/null
	docker image rm -f "$E2E_REGISTRY/team/gnn:cu128" >/dev/null
	run cudabuild test --offline -C "$P"
	exits 1
	says 'the engine has no such image'
	run cudabuild test -C "$P"
	exits 1
	said_not 'the engine has no such image'
	says 'missing-torch'
}

@test "an image whose bytes are sound and in which nothing can start is an error, not a verdict" {
	local other=12.6.3-base-ubuntu22.04
	standin --kind torch $other >/dev/null
	docker pull -q "$E2E_REGISTRY/nvidia/cuda:$other" >/dev/null
	docker tag "$E2E_REGISTRY/nvidia/cuda:$other" small:odd
	run cudabuild test --image small:odd --report "$BATS_TEST_TMPDIR/r.json"
	exits 4
	says 'small:odd: error'
	same "$(jq -r '[.checks[] | select(.id == "packages.family" or .id == "container.start") | .level + " " + .status] | join(", ")' \
		"$BATS_TEST_TMPDIR/r.json")" 'static pass, container error'
	says 'the image has no loader of glibc (ld-linux)'
	same "$(jq -r '.packages[] | .name + " " + .cuda' "$BATS_TEST_TMPDIR/r.json")" 'torch 12.6'
	same "$(leftovers)" ''
	docker image rm -f small:odd >/dev/null
	standin $other >/dev/null
}

@test "an image without torch fails by its bytes already" {
	tiny_image small:odd
	run cudabuild test --image small:odd
	exits 1
	says 'missing-torch'
	says 'container.start'
	docker image rm -f small:odd >/dev/null
}

@test "an image that nobody has says how to get one, and a registry that cannot be asked how to leave it out" {
	run cudabuild test --image none:1
	exits 1
	says 'fail  image [image-missing]'
	says 'is it spelled right? `docker pull` brings one of a registry'
	run cudabuild test --image 127.0.0.1:1/none:1
	exits 3
	says 'cannot connect'
	says 'hint: the engine has no image of that name, so its registry was asked: `--offline` asks the engine alone'
	run cudabuild test --offline --image 127.0.0.1:1/none:1
	exits 1
	says 'image-missing'
}

@test "a report that cannot be written is exit 5" {
	run cudabuild test --image none:1 --report "/proc/none/r.json"
	exits 5
}

@test "what a killed run left is removed by the next" {
	docker volume create --label io.cudabuild.owner=1 --label io.cudabuild.user="$(id -u)" ours >/dev/null
	run cudabuild test --image none:1
	exits 1
	docker volume inspect ours >/dev/null # nobody knows whose it is: it stays
	docker volume rm ours >/dev/null
}

@test "a container has no network, no capabilities, nothing to write to but small folders in memory" {
	inside_tar "$BATS_TEST_TMPDIR/root.tar"
	docker import -c 'VOLUME /x/../data/ /a=b,c:d /usr' -c 'ENV NVIDIA_VISIBLE_DEVICES=all' "$BATS_TEST_TMPDIR/root.tar" small:inside >/dev/null
	run cudabuild test --image small:inside --report "$BATS_TEST_TMPDIR/r.json"
	exits 0
	same "$(checks 'select(.id | startswith("inside")) | .id + " " + .status')" "$INSIDE"
	same "$(leftovers)" ''
}

@test "an image of which Docker starts no container fails by the VOLUME that is to blame" {
	tiny_image small:root 'VOLUME /data /' 'CMD ["/hello"]'
	run docker run --rm small:root
	[ "$status" -ne 0 ]
	run cudabuild test --image small:root --report "$BATS_TEST_TMPDIR/r.json"
	exits 1
	same "$(jq -r '.checks[] | select(.id == "container.start") | .status, .code, .fault, .found, .hint' "$BATS_TEST_TMPDIR/r.json")" "fail
volume-not-mountable
image
VOLUME '/': Docker starts no container of this image
take that VOLUME out of the image's Dockerfile"
	same "$(leftovers)" ''
}

@test "an image whose USER it does not know fails for that" {
	tiny_image small:user 'USER nobodyhere' 'CMD ["/hello"]'
	run cudabuild test --image small:user --report "$BATS_TEST_TMPDIR/r.json"
	exits 1
	same "$(jq -r '.checks[] | select(.id == "container.start") | .status, .code, .fault, .hint' "$BATS_TEST_TMPDIR/r.json")" "fail
user-missing
image
create that user in the image's Dockerfile, or let USER be a number"
	jq -r '.checks[] | select(.id == "container.start") | .found' "$BATS_TEST_TMPDIR/r.json" | grep -q 'nobodyhere'
	same "$(leftovers)" ''
}

# arm_image NAME: an image for linux/arm64 in which the probe can start where the machine runs such programs; $EMULATED: it does.
arm_image() {
	local root=$BATS_TEST_TMPDIR/arm library
	if [ ! -e "$BUILD/probe/host-arm64" ] || ! command -v aarch64-linux-gnu-gcc >/dev/null; then
		unavailable 'gcc-aarch64-linux-gnu is not installed'
	fi
	mkdir -p "$root/usr/bin" "$root/lib" "$root/tmp" "$root/data" "$root/etc" "$root/run"
	for library in ld-linux-aarch64.so.1 libc.so.6; do cp "/usr/aarch64-linux-gnu/lib/$library" "$root/lib/$library"; done
	aarch64-linux-gnu-gcc -std=gnu11 -O1 -static -s -o "$root/usr/bin/python3" "$REPO/tests/e2e/inside.c"
	EMULATED=no
	[ "$("$root/usr/bin/python3" --tag=t 2>/dev/null | grep -c '"tag": "t"')" = 0 ] || EMULATED=yes
	printf 'FROM scratch\nCOPY . /\nVOLUME /data\n' >"$BATS_TEST_TMPDIR/Dockerfile"
	docker build -q --platform linux/arm64 -t "$1" -f "$BATS_TEST_TMPDIR/Dockerfile" "$root" >/dev/null
}

@test "an image for a processor that the engine's machine does not have is no failure, but an error of the host with its mend" {
	arm_image small:arm
	[ "$EMULATED" = no ] || skip 'this machine runs programs for arm64'
	run cudabuild test --image small:arm --report "$BATS_TEST_TMPDIR/r.json"
	same "$(jq -r '.checks[] | select(.id == "container.start") | .status, .code, .fault, .found, .hint' "$BATS_TEST_TMPDIR/r.json")" "error
platform-not-runnable
host
the engine's machine (linux/amd64) runs no programs for linux/arm64
test it on a linux/arm64 machine, or install qemu-user-static with binfmt on the engine's machine"
	same "$(jq -r '[.checks[] | select(.level == "container" and .status == "fail")] | length' "$BATS_TEST_TMPDIR/r.json")" 0
	same "$(leftovers)" ''
}

@test "an image for linux/arm64 is tested by the probe for arm64 where qemu runs it" {
	arm_image small:arm
	[ "$EMULATED" = yes ] || skip 'qemu-user-static is not registered as binfmt: this machine runs no programs for arm64'
	run cudabuild test --image small:arm --report "$BATS_TEST_TMPDIR/r.json"
	same "$(jq -r '.checks[] | select(.id | startswith("container")) | .found' "$BATS_TEST_TMPDIR/r.json")" ''
	says 'skip  gpu.driver [not-asked]'
	same "$(checks 'select(.id | startswith("inside")) | .id + " " + .status')" "$INSIDE"
	same "$(leftovers)" ''
}
