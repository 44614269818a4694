#!/usr/bin/env bats
# `catalog check` against a real registry and folders of wheels: what moved, what is new, what is gone.

load lib
load project

BASE=12.8.1-base-ubuntu22.04

setup() {
	need_registry
	standin $BASE >/dev/null
	P=$BATS_TEST_TMPDIR/p
	project "$P"
	sed -i 's/torch: wheels}/torch: index, pyg: pyg}/' "$P/cudabuild.yaml"
	mkdir -p "$P/index/cu128/torch" "$P/pyg/torch-2.7.0+cu128"
	wheel "$P/index/cu128/torch" torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl
}

@test "a moved tag of the lock is reported with both digests, and the lock stays" {
	cudabuild generate -q -C "$P"
	run cudabuild catalog check lock -C "$P"
	exits 0
	says 'nothing differs'
	local old
	old=$(digest_of $BASE)
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/before"
	standin --kind debian $BASE >/dev/null
	run --separate-stderr cudabuild catalog check lock -C "$P"
	exits 1
	same "${lines[0]}" "lock: moved $E2E_REGISTRY/nvidia/cuda:$BASE for linux/amd64: $old -> $(digest_of $BASE)"
	same "${#lines[@]}" 2
	says "forecast: by NVIDIA's policy the images of CUDA 12.8 end with driver branch R570 in 2026-02: $BASE may be deleted from 2026-08 on"
	says '[https://gitlab.com/nvidia/container-images/cuda/-/blob/master/doc/support-policy.md (2022-10); https://docs.nvidia.com/'
	run --separate-stderr cudabuild catalog check lock --format json -C "$P"
	exits 1
	same "$(jq -r '.drift[0] | .kind + " " + .old + " " + .now' <<<"$output")" "moved $old $(digest_of $BASE)"
	same "$(jq -r '.forecast[0] | .tag + " " + .kind + " " + .supported_until + " " + .deleted_from' <<<"$output")" "$BASE dated 2026-02 2026-08"
	fits catalog
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/before"
	standin $BASE >/dev/null
}

@test "rows are held against the registry's tags and the pages of wheels" {
	wheel "$P/index/cu128/torch" torch-2.99.0+cu128-cp311-cp311-manylinux_2_28_x86_64.whl
	wheel "$P/pyg/torch-2.7.0+cu128" torch_sparse-0.9.0+pt27cu128-cp311-cp311-linux_x86_64.whl
	standin 12.8.1-base-ubuntu26.04 >/dev/null
	run cudabuild catalog check rows -C "$P"
	exits 1
	says 'wheel: new torch 2.99.0 (cu128) on linux/amd64 (3.11)'
	says 'wheel: new torch_sparse 0.9.0 (torch 2.7.0, cu128) on linux/amd64 (3.11)'
	says 'wheel: gone torch 2.7.0 (cu128) on linux/amd64 (3.9 3.10 3.11 3.12 3.13 3.13t)'
	says 'wheel: gone torch 2.7.1 (cu128) on linux/amd64 (3.9 3.11 3.12 3.13 3.13t)'
	says 'tag: new 12.8.1-base-ubuntu26.04'
	says 'tag: gone 12.8.1-base-ubi9 (supported)'
	said_not 'gone 12.8.1-base-ubuntu22.04'
	said_not '(cu126)'
}

@test "of tags that a registry which is down may have none is gone, nor is a wheel of a page that names none" {
	sed -i "s#images: \[#images: [127.0.0.1:1/nvidia/cuda, #" "$P/cudabuild.yaml"
	wheel "$P/index/cu128/torch" torch-2.99.0+cu128-cp311-cp311-manylinux_2_28_x86_64.whl
	standin 12.8.1-base-ubuntu26.04 >/dev/null
	mkdir -p "$P/index/cu126/torch"
	: >"$P/index/cu126/torch/index.html"
	run cudabuild catalog check rows -C "$P"
	exits 1
	says 'warning: 127.0.0.1:1/nvidia/cuda: http://127.0.0.1:1/v2/nvidia/cuda/tags/list?...: cannot connect: Connection refused; no tag is taken for gone'
	says 'tag: new 12.8.1-base-ubuntu26.04'
	says 'wheel: gone torch 2.7.1 (cu128)'
	said_not 'tag: gone'
	said_not '(cu126)'
	run cudabuild catalog update -C "$P"
	exits 0
	[[ "$output" == *'tags: 1 new, 0 gone'* ]]
}

@test "a registry that is down is exit 3 with its address" {
	sed -i "s#$E2E_REGISTRY#127.0.0.1:1#" "$P/cudabuild.yaml"
	run cudabuild catalog check -C "$P"
	exits 3
	says '127.0.0.1:1'
}

# offline ARGUMENT...: generate without network, lock and files made anew.
offline() {
	rm -rf "$P/cudabuild.lock" "$P/images"
	cudabuild generate --offline -C "$P" "$@"
}

@test "catalog update finds new wheels and tags, which decide from then on, and --from takes them elsewhere" {
	sed -i 's/^torch: .*/torch: "2.99.*"/' "$P/cudabuild.yaml"
	wheel "$P/index/cu128/torch" torch-2.99.0+cu128-cp310-cp310-manylinux_2_28_x86_64.whl
	run offline
	exits 1
	run --separate-stderr cudabuild catalog update -C "$P"
	exits 0
	[[ "$output" == 'wheels: 1 new, '* ]]
	run offline
	exits 0
	says '2.99.0+cu128'
	run cudabuild catalog show torch 2.99 -C "$P"
	says '2.99.0   cu128  linux/amd64  index    3.10'
	run cudabuild explain --torch 2.99.0 --cuda 12.8 --python 3.10
	exits 0
	cp -r "$BATS_TEST_TMPDIR/home/cache/cudabuild" "$BATS_TEST_TMPDIR/carried"
	rm -r "$BATS_TEST_TMPDIR/home/cache"
	run offline
	exits 1
	run cudabuild catalog update --from "$BATS_TEST_TMPDIR/carried" --offline
	exits 0
	run offline
	exits 0
	says '2.99.0+cu128'
}

@test "a lock made with an overlay is not stale where there is none, nor the other way round" {
	run offline
	exits 0
	wheel "$P/index/cu128/torch" torch-2.99.0+cu128-cp311-cp311-manylinux_2_28_x86_64.whl
	cudabuild catalog update -q -C "$P"
	run cudabuild generate --check -C "$P"
	exits 0
	run offline
	exits 0
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/with"
	rm -r "$BATS_TEST_TMPDIR/home/cache"
	run cudabuild generate --check -C "$P"
	exits 0
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/with"
}

@test "an overlay that is broken is as if it were not there, and is not taken from elsewhere" {
	mkdir -p "$BATS_TEST_TMPDIR/home/cache/cudabuild"
	echo '{"format": 1, "catalog": ' >"$BATS_TEST_TMPDIR/home/cache/cudabuild/overlay.json"
	run offline
	exits 0
	run cudabuild catalog update --from "$BATS_TEST_TMPDIR/home/cache/cudabuild"
	exits 2
	says 'overlay.json'
	echo '{"format": 1, "catalog": "another"}' >"$BATS_TEST_TMPDIR/home/cache/cudabuild/overlay.json"
	run cudabuild catalog update --from "$BATS_TEST_TMPDIR/home/cache/cudabuild"
	exits 2
	says 'is for another catalog than this program'
	run cudabuild catalog update --from "$BATS_TEST_TMPDIR"
	exits 5
	says 'hint: `catalog update` on a machine with a network leaves overlay.json in ~/.cache/cudabuild'
}
