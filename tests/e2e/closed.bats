#!/usr/bin/env bats
# Closed networks: nothing outside can be reached (a network namespace of its own), a registry stands inside, everything else is folders.
# shellcheck disable=SC2154 # stderr is bats' own

load lib
load project
load world

BASE=12.8.1-base-ubuntu22.04

teardown_file() { worlds_end; }
setup() {
	need_registry
	unshare -n true 2>/dev/null || unavailable 'no network namespace can be made'
	P=$BATS_TEST_TMPDIR/p
	mkdir -p "$P"
	export -f cudabuild
	export BATS_TEST_TMPDIR BUILD
}

# inside COMMAND...: where only this machine's own loopback is.
inside() {
	# shellcheck disable=SC2016
	env PATH="$TOOLS:/usr/bin:/bin:/usr/sbin:/sbin" unshare -n bash -c 'ip link set lo up && "$@"' inside "$@"
}

# closed DIR: a project whose sources are folders beside the manifest, and a registry on port 5055 of whoever starts one.
closed() {
	local dir=$1
	mkdir -p "$dir/index/cu128" "$dir/pyg/torch-2.7.0+cu128" "$dir/simple"
	wheel "$dir/index/cu128" torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl
	wheel "$dir/pyg/torch-2.7.0+cu128" torch_sparse-0.6.18+pt27cu128-cp310-cp310-linux_x86_64.whl
	wheel "$dir/pyg/torch-2.7.0+cu128" torch_scatter-2.1.2+pt27cu128-cp310-cp310-linux_x86_64.whl
	cat >"$dir/cudabuild.yaml" <<-EOM
		schema: 1
		name: closed
		torch: "2.7.1"
		torch_sparse: "0.6.18"
		cuda: "12.8"
		os: ubuntu22.04
		sources: {images: [127.0.0.1:5055/nvidia/cuda], os_images: 127.0.0.1:5055/library, torch: index, pyg: pyg, pypi: simple}
	EOM
}

# with_registry COMMAND...: inside, beside a registry on port 5055 with the stand-ins of the private one.
with_registry() {
	cat >"$BATS_TEST_TMPDIR/registry.yml" <<-EOC
		version: 0.1
		log: {level: warn}
		storage: {filesystem: {rootdirectory: $E2E/registry/data}}
		http: {addr: "127.0.0.1:5055"}
	EOC
	# shellcheck disable=SC2016
	inside bash -c 'docker-registry serve "$BATS_TEST_TMPDIR/registry.yml" >/dev/null 2>&1 3>&- &
		pid=$!
		for _ in {1..80}; do (exec 9<>/dev/tcp/127.0.0.1/5055) 2>/dev/null && break; sleep 0.1; done
		"$@"
		status=$?
		kill $pid
		exit $status' - "$@"
}

@test "without a network a live resolve is exit 3, names a host and the way out; --offline answers from the catalog" {
	printf '%s\n' 'schema: 1' 'name: out' 'torch: "2.7.1"' 'cuda: "12.8"' 'python: "3.11"' >"$P/cudabuild.yaml"
	run --separate-stderr inside cudabuild generate -C "$P"
	exits 3
	[[ "$stderr" == *'nvcr.io'* || "$stderr" == *'download.pytorch.org'* ]]
	[[ "$stderr" == *'hint: '*'--offline'* ]]
	[ ! -e "$P/cudabuild.lock" ]
	run inside cudabuild generate --offline -C "$P"
	exits 0
	says 'not pinned'
	run inside cudabuild generate --check -C "$P"
	exits 0
	run inside cudabuild explain --torch 2.7.1 --torch-sparse 0.6.18 --cuda 12.8 --python 3.11
	exits 0
	run inside cudabuild matrix --torch 2.7.1
	exits 0
}

@test "folders and an inner registry serve a closed network whole: resolved live, pinned, kept, checked, exported" {
	standin $BASE >/dev/null
	closed "$P"
	run --separate-stderr with_registry cudabuild generate -C "$P"
	exits 0
	same "$(jq -r '.variants[0].base.digest' "$P/cudabuild.lock")" "$(digest_of $BASE)"
	same "$(jq -r '[.variants[0].packages[] | select(.sha256)] | length' "$P/cudabuild.lock")" 3
	same "$(jq -r '.variants[0].packages[] | select(.name == "torch_sparse") | .sha256' "$P/cudabuild.lock")" \
		"$(sha256sum "$P/pyg/torch-2.7.0+cu128/torch_sparse-0.6.18+pt27cu128-cp310-cp310-linux_x86_64.whl" | cut -d' ' -f1)"
	# with the lock nobody is needed, not even the registry
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	run inside cudabuild generate -C "$P"
	exits 0
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	run inside cudabuild generate --check -C "$P"
	exits 0
	run with_registry cudabuild catalog check lock -C "$P"
	exits 0
	says 'nothing differs'
	run inside cudabuild export venv -C "$P" -o "$P/venv"
	exits 0
}

@test "a closed network has its facts renewed from a folder that was carried in" {
	closed "$P"
	sed -i 's/^torch: .*/torch: "2.99.*"/; /^torch_sparse/d' "$P/cudabuild.yaml"
	wheel "$P/index/cu128/torch" torch-2.99.0+cu128-cp310-cp310-manylinux_2_28_x86_64.whl
	standin $BASE >/dev/null
	run inside cudabuild generate --offline -C "$P"
	exits 1
	run --separate-stderr with_registry cudabuild catalog update -C "$P"
	exits 0
	[[ "$output" == 'wheels: 1 new, '* ]]
	cp -r "$BATS_TEST_TMPDIR/home/cache/cudabuild" "$BATS_TEST_TMPDIR/carried"
	rm -r "$BATS_TEST_TMPDIR/home/cache"
	run inside cudabuild catalog update --from "$BATS_TEST_TMPDIR/carried"
	exits 0
	run inside cudabuild generate --offline -C "$P"
	exits 0
	says '2.99.0+cu128'
}

@test "a lock made outside is followed inside by the sources of that machine; the digests bind" {
	need_tool openssl
	standin $BASE >/dev/null
	world world
	printf '%s\n' 'schema: 1' 'name: carried' 'torch: "2.7.1"' 'cuda: "12.8"' 'python: "3.11"' 'os: ubuntu22.04' >"$P/cudabuild.yaml"
	abroad generate -q -C "$P"
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	run inside cudabuild generate -C "$P"
	exits 0
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	# the registry inside has other bytes under that tag: said with both digests, and not followed
	mkdir -p "$BATS_TEST_TMPDIR/home/config/cudabuild"
	echo 'sources: {images: [127.0.0.1:5055/nvidia/cuda]}' >"$BATS_TEST_TMPDIR/home/config/cudabuild/config.yaml"
	run --separate-stderr with_registry cudabuild catalog check lock -C "$P"
	exits 1
	same "${output%%$'\n'*}" "lock: moved nvcr.io/nvidia/cuda:$BASE for linux/amd64: $(jq -r '.variants[0].base.digest' "$P/cudabuild.lock") -> $(digest_of $BASE)"
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
}

@test "what was answered outside is played again inside, with a warning when it is no longer young" {
	need_tool openssl
	world again
	printf '%s\n' 'schema: 1' 'name: again' 'torch: "2.7.1"' 'torch_sparse: "0.6.18"' 'cuda: "12.8"' 'python: "3.11"' 'os: ubuntu22.04' \
		>"$P/cudabuild.yaml"
	abroad generate -q -C "$P"
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	rm -r "$P/cudabuild.lock" "$P/images"
	run inside cudabuild generate -q -C "$P"
	exits 0
	said_not 'is taken'
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	rm -r "$P/cudabuild.lock" "$P/images"
	sed -i "0,/^at [0-9]*/s//at $(($(date +%s) - 90000))/" "$BATS_TEST_TMPDIR"/home/cache/cudabuild/answers/*
	run --separate-stderr inside cudabuild generate -C "$P"
	exits 0
	[[ "$stderr" == *'; what was answered 25h'*' ago is taken'* ]]
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
	run inside cudabuild generate --update -C "$P"
	exits 3
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/lock"
}
