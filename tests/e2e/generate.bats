#!/usr/bin/env bats
# `generate` against a real registry: pins, locks, moved tags, servers and disks that fail.

load lib
load project

BASE=12.8.1-base-ubuntu22.04

setup() {
	need_registry
	standin $BASE >/dev/null
	P=$BATS_TEST_TMPDIR/p
	project "$P"
}

@test "generate pins the digest that the registry serves and the hash of the wheel" {
	run cudabuild generate -C "$P"
	exits 0
	says 'cu128: not pinned: pip packages'
	local want
	want=$(digest_of $BASE)
	same "$(jq -r '.variants[0].base.digest' "$P/cudabuild.lock")" "$want"
	same "$(jq -r '.variants[0].packages[0].sha256' "$P/cudabuild.lock")" \
		"$(sha256sum "$P/wheels/torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl" | cut -d' ' -f1)"
	grep -q "^FROM $E2E_REGISTRY/nvidia/cuda:$BASE@$want" "$P/images/cu128/Dockerfile"
}

@test "generate a second time asks nobody and changes nothing" {
	cudabuild generate -q -C "$P"
	sed -i 's#sources:.*#sources: {images: [127.0.0.1:1/nvidia/cuda, '"$E2E_REGISTRY"'/nvidia/cuda], os_images: '"$E2E_REGISTRY"'/library, torch: wheels}#' "$P/cudabuild.yaml"
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/before"
	run cudabuild generate -C "$P"
	exits 0
	same "$(jq .variants "$P/cudabuild.lock")" "$(jq .variants "$BATS_TEST_TMPDIR/before")"
}

@test "generate gives the same bytes whatever locale, umask, time zone and folder" {
	cudabuild generate -q -C "$P"
	cp -r "$P" "$BATS_TEST_TMPDIR/other"
	rm -rf "$BATS_TEST_TMPDIR/other/images" "$BATS_TEST_TMPDIR/other/cudabuild.lock"
	(cd / && umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 cudabuild generate -q -f "$BATS_TEST_TMPDIR/other/cudabuild.yaml")
	run diff -r "$P" "$BATS_TEST_TMPDIR/other"
	exits 0
}

@test "a moved tag is not followed, and --update shows both digests" {
	cudabuild generate -q -C "$P"
	local old new
	old=$(digest_of $BASE)
	standin --kind debian $BASE >/dev/null
	run cudabuild generate -C "$P"
	exits 0
	same "$(jq -r '.variants[0].base.digest' "$P/cudabuild.lock")" "$old"
	run cudabuild generate --update -C "$P"
	exits 0
	new=$(jq -r '.variants[0].base.digest' "$P/cudabuild.lock")
	[ "$new" != "$old" ]
	says "cu128: base $old -> $new"
	standin $BASE >/dev/null
}

@test "a registry that is down is exit 3 with its address, and the old files stay" {
	cudabuild generate -q -C "$P"
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/before"
	sed -i "s#$E2E_REGISTRY#127.0.0.1:1#" "$P/cudabuild.yaml"
	run cudabuild generate --update -C "$P"
	exits 3
	says '127.0.0.1:1'
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/before"
}

@test "no network and no lock is exit 3 with the hint --offline" {
	sed -i "s#$E2E_REGISTRY#127.0.0.1:1#" "$P/cudabuild.yaml"
	run cudabuild generate -C "$P"
	exits 3
	says '--offline'
	[ ! -e "$P/cudabuild.lock" ]
}

@test "a tag that no source has is no, with the reason" {
	sed -i "s#/nvidia/cuda#/nowhere/cuda#; s#cuda: \"12.*#cuda: \"12.6\"#" "$P/cudabuild.yaml"
	run cudabuild generate -C "$P"
	exits 1
	says 'base-tag-missing'
}

@test "a full disk is exit 5 and leaves the old files" {
	[ "$(id -u)" = 0 ] || unavailable 'only root can mount a small file system'
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o size=128k tmpfs "$BATS_TEST_TMPDIR/small" 2>/dev/null || unavailable 'no file system can be mounted'
	cp -r "$P/." "$BATS_TEST_TMPDIR/small/"
	cudabuild generate -q -C "$BATS_TEST_TMPDIR/small"
	cp -r "$BATS_TEST_TMPDIR/small/images" "$BATS_TEST_TMPDIR/before"
	sed -i 's/^name: small/name: small\nversion: "2.0"/' "$BATS_TEST_TMPDIR/small/cudabuild.yaml"
	dd if=/dev/zero of="$BATS_TEST_TMPDIR/small/filler" bs=4k 2>/dev/null || true
	run cudabuild generate -C "$BATS_TEST_TMPDIR/small"
	local before=$status
	run diff -r "$BATS_TEST_TMPDIR/small/images" "$BATS_TEST_TMPDIR/before"
	umount "$BATS_TEST_TMPDIR/small"
	same "$before" 5
	exits 0
}

@test "a folder that cannot be written is exit 5" {
	touch "$P/images"
	run cudabuild generate -C "$P"
	exits 5
	says "'images' is in the way"
}

@test "export venv pins the wheel by its hash" {
	run cudabuild export venv -C "$P"
	exits 0
	grep -q "sha256:$(sha256sum "$P/wheels/torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl" | cut -d' ' -f1)" \
		"$P/venv/cu128/requirements.txt"
	sh -n "$P/venv/cu128/create.sh"
}
