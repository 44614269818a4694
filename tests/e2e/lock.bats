#!/usr/bin/env bats
# The table "generate, the lock and the network", cell by cell: each call with and without a lock, with and without a
# registry, and with a tag that was moved in between.

load lib
load project

BASE=12.8.1-base-ubuntu22.04
OTHER=12.6.3-base-ubuntu22.04

setup() {
	need_registry
	standin $BASE $OTHER >/dev/null
	P=$BATS_TEST_TMPDIR/p
	project "$P"
}
# locked: the project has its lock and files.
locked() {
	cudabuild generate -q -C "$P"
	OLD=$(digest_of $BASE)
	rm -rf "$BATS_TEST_TMPDIR/before"
	cp -r "$P" "$BATS_TEST_TMPDIR/before"
}
# moved: the registry serves another image under the base's tag from now on.
moved() { standin --kind debian $BASE >/dev/null; }
# alone ARGUMENT...: cudabuild without any network.
alone() {
	mkdir -p "$BATS_TEST_TMPDIR/home"
	unshare -n env HOME="$BATS_TEST_TMPDIR/home" XDG_CACHE_HOME="$BATS_TEST_TMPDIR/home/alone" "$BUILD/cudabuild" "$@"
}
need_unshare() { unshare -n true 2>/dev/null || unavailable 'no network namespace can be made here'; }
unchanged() { diff -r "$BATS_TEST_TMPDIR/before" "$P"; }
# base_of [VARIANT]: the digest in the lock.
base_of() { jq -r --arg name "${1:-cu128}" '.variants[] | select(.name == $name) | .base.digest' "$P/cudabuild.lock"; }
wants() { sed -i "s/^cuda: .*/cuda: $1/" "$P/cudabuild.yaml"; }

@test "generate, lock present: what fits is kept though its tag moved, only what changed is resolved" {
	locked
	moved
	wants '["12.6", "12.8"]'
	run cudabuild generate -C "$P"
	exits 0
	same "$(base_of cu128)" "$OLD"
	same "$(base_of cu126)" "$(digest_of $OTHER)"
	wants '"12.8"'
	run cudabuild generate -C "$P"
	exits 0
	same "$(jq -r '.variants | map(.name) | join(" ")' "$P/cudabuild.lock")" cu128
	same "$(base_of cu128)" "$OLD"
	[ ! -e "$P/images/cu126" ]
}

@test "generate, lock present: nothing changed, nobody is asked" {
	need_unshare
	locked
	run alone generate -C "$P"
	exits 0
	says 'nothing to change'
	unchanged
}

@test "generate, lock missing: resolves live" {
	run cudabuild generate -C "$P"
	exits 0
	same "$(base_of)" "$(digest_of $BASE)"
}

@test "generate, lock missing, no network: exit 3 with the hint --offline, nothing written" {
	need_unshare
	for call in generate 'generate --update' 'generate --update base'; do
		# shellcheck disable=SC2086 # words
		run alone $call -C "$P"
		exits 3
		says "$E2E_REGISTRY"
		says '--offline'
		[ ! -e "$P/cudabuild.lock" ]
		[ ! -e "$P/images" ]
	done
}

@test "--update, lock present: all is resolved anew, old and new digests are shown" {
	locked
	moved
	run cudabuild generate --update -C "$P"
	exits 0
	says "cu128: base $OLD -> $(digest_of $BASE)"
	same "$(base_of)" "$(digest_of $BASE)"
}

@test "--update PACKAGE, lock present: that one alone is resolved anew" {
	locked
	moved
	run cudabuild generate --update torch -C "$P"
	exits 0
	same "$(base_of)" "$OLD"
	printf 'another wheel\n' >"$P/wheels/torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl"
	local before
	before=$(jq -r '.variants[0].packages[0].sha256' "$P/cudabuild.lock")
	run cudabuild generate --update base -C "$P"
	exits 0
	says "cu128: base $OLD -> $(digest_of $BASE)"
	same "$(jq -r '.variants[0].packages[0].sha256' "$P/cudabuild.lock")" "$before"
	run cudabuild generate --update torch -C "$P"
	exits 0
	says "cu128: torch sha256 $before -> $(sha256sum "$P"/wheels/*cu128* | cut -d' ' -f1)"
}

@test "--update, lock missing: resolves live" {
	run cudabuild generate --update -C "$P"
	exits 0
	same "$(base_of)" "$(digest_of $BASE)"
}

@test "--update PACKAGE, lock missing: resolves live" {
	for package in base torch; do
		rm -rf "$P/cudabuild.lock" "$P/images"
		run cudabuild generate --update "$package" -C "$P"
		exits 0
		same "$(base_of)" "$(digest_of $BASE)"
	done
}

@test "--update and --update PACKAGE, lock present, no network: exit 3, lock and files stay" {
	need_unshare
	locked
	for call in --update '--update base'; do
		# shellcheck disable=SC2086 # words
		run alone generate $call -C "$P"
		exits 3
		says "$E2E_REGISTRY"
		says '--offline'
		unchanged
	done
}

@test "--update of what the lock does not hold, and beside --locked or --check: exit 2, nothing is written" {
	locked
	run cudabuild generate --update torch_sparse -C "$P"
	exits 2
	says "cudabuild generate: error: --update: 'torch_sparse' is no package of the plan"
	unchanged
	for other in --locked --check; do
		run cudabuild generate --update $other -C "$P"
		exits 2
		same "$output" "cudabuild generate: error: --update and $other contradict each other"
	done
	unchanged
}

@test "--locked, lock present: exit 0 while the lock need not change, files are mended" {
	locked
	moved
	echo edited >>"$P/images/docker-bake.json"
	rm "$P/images/cu128/requirements.txt"
	sed -i '$d' "$P/images/docker-bake.json"
	run cudabuild generate --locked -C "$P"
	exits 0
	unchanged
}

@test "--locked, lock present: exit 1 where the lock would change, nothing is written" {
	locked
	wants '"12.6"'
	rm -rf "$BATS_TEST_TMPDIR/before"
	cp -r "$P" "$BATS_TEST_TMPDIR/before"
	run cudabuild generate --locked -C "$P"
	exits 1
	says 'stale'
	unchanged
}

@test "--locked, lock present, no network: exit 0 while the lock need not change, exit 1 where it would" {
	need_unshare
	locked
	run alone generate --locked -C "$P"
	exits 0
	says 'nothing to change'
	unchanged
	sed -i '1a apt: [git]' "$P/cudabuild.yaml"
	run alone generate --locked -C "$P"
	exits 1
	says 'stale: run `cudabuild generate` without --locked'
	cp "$BATS_TEST_TMPDIR/before/cudabuild.yaml" "$P"
	unchanged
	wants '"12.6"'
	run alone generate --locked -C "$P"
	exits 1
	says 'stale: the lock does not hold all that is asked for (http://'
	cp "$BATS_TEST_TMPDIR/before/cudabuild.yaml" "$P"
	unchanged
}

@test "--locked, lock missing: exit 1, nothing is written" {
	run cudabuild generate --locked -C "$P"
	exits 1
	same "$output" "there is no 'cudabuild.lock': run \`cudabuild generate\`"
	[ ! -e "$P/cudabuild.lock" ]
	[ ! -e "$P/images" ]
}

@test "--check, lock present: exit 0 without a network while nothing differs, though a tag moved" {
	locked
	moved
	run cudabuild generate --check -C "$P"
	exits 0
	unchanged
	need_unshare
	run alone generate --check -C "$P"
	exits 0
}

@test "--check, lock present: exit 1 for an edited, missing or left-over file and for another manifest, and writes nothing" {
	locked
	for spoil in 'echo more >>images/cu128/Dockerfile' 'rm images/docker-bake.json' \
		'cp -r images/cu128 images/cu126' "sed -i '1a apt: [git]' cudabuild.yaml" \
		'sed -i s/12.8/12.6/ cudabuild.yaml'; do
		(cd "$P" && eval "$spoil")
		cp -r "$P" "$BATS_TEST_TMPDIR/spoilt"
		run cudabuild generate --check -C "$P"
		exits 1
		diff -r "$P" "$BATS_TEST_TMPDIR/spoilt"
		rm -rf "$P" "$BATS_TEST_TMPDIR/spoilt"
		cp -r "$BATS_TEST_TMPDIR/before" "$P"
	done
}

@test "--check, lock missing: exit 1, nothing is written" {
	run cudabuild generate --check -C "$P"
	exits 1
	same "$output" "there is no 'cudabuild.lock': run \`cudabuild generate\`"
	[ ! -e "$P/cudabuild.lock" ]
	[ ! -e "$P/images" ]
}

@test "--offline, lock present: the lock first, for the rest the catalog, unpinned" {
	need_unshare
	locked
	moved
	wants '["12.6", "12.8"]'
	run alone generate --offline -C "$P"
	exits 0
	same "$(base_of cu128)" "$OLD"
	same "$(base_of cu126)" null
	says 'cu126: not pinned: base images, torch, pip packages'
	same "$(jq -r '.variants[] | select(.name == "cu126") | .pinned' "$P/cudabuild.lock")" false
}

@test "--offline, lock missing: the catalog, unpinned; the next generate pins" {
	run cudabuild generate --offline -C "$P"
	exits 0
	says 'cu128: not pinned: base images, torch, pip packages'
	same "$(base_of)" null
	run cudabuild generate -C "$P"
	exits 0
	same "$(base_of)" "$(digest_of $BASE)"
}

@test "a lock of a newer format is refused by every call, and stays" {
	locked
	sed -i 's/"format": 1,/"format": 2,/' "$P/cudabuild.lock"
	rm -rf "$BATS_TEST_TMPDIR/before"
	cp -r "$P" "$BATS_TEST_TMPDIR/before"
	for call in '' --locked --check --offline; do
		# shellcheck disable=SC2086 # none or one
		run cudabuild generate $call -C "$P"
		exits 2
		says 'format 2, this program knows 1'
	done
	unchanged
}

@test "with a warm cache a lock is made anew without a request; --update asks again; a spoilt cache is asked past" {
	need_unshare
	locked
	rm -r "$P/cudabuild.lock" "$P/images"
	XDG_CACHE_HOME=$BATS_TEST_TMPDIR/home/cache run unshare -n env HOME="$BATS_TEST_TMPDIR/home" "$BUILD/cudabuild" generate -C "$P"
	exits 0
	unchanged
	moved
	run cudabuild generate --update -C "$P"
	exits 0
	says "cu128: base $OLD -> $(digest_of $BASE)"
	for file in "$BATS_TEST_TMPDIR"/home/cache/cudabuild/answers/*; do printf 'spoilt' >"$file"; done
	rm -r "$P/cudabuild.lock" "$P/images"
	run cudabuild generate -C "$P"
	exits 0
	same "$(base_of)" "$(digest_of $BASE)"
	rm -rf "$P/cudabuild.lock" "$P/images" "$BATS_TEST_TMPDIR/home/cache"
	printf 'in the way' >"$BATS_TEST_TMPDIR/home/cache"
	run cudabuild generate -C "$P"
	exits 0
}
