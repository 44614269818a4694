#!/usr/bin/env bats
# What a live resolve asks of the world, and how often: registries and indexes by their true names (tests/fake/world), and a real registry
# with every tag that nvidia/cuda ever had.
# shellcheck disable=SC2154 # stderr is bats' own

load lib
load world

setup_file() {
	command -v openssl >/dev/null || return 0
	world slow --delay 150
	echo "$WORLD" >"$BATS_FILE_TMPDIR/slow"
}
teardown_file() {
	worlds_end
	stop_registries
}
setup() {
	need_tool openssl
	P=$BATS_TEST_TMPDIR/p
	mkdir -p "$P"
	WORLD=$(cat "$BATS_FILE_TMPDIR/slow")
	export WORLD_CA=$BATS_FILE_TMPDIR/world/tls/ca.crt
	anew
}

# twelve: a manifest of twelve variants, each with a base to run on and one to compile on. [SOURCES]
twelve() {
	local torch cuda python n=0
	printf 'schema: 1\nname: twelve\ntorch_sparse: ">=0.6"\nbuild: {wheels: never}\n'
	[ $# -eq 0 ] || printf 'sources: %s\n' "$1"
	printf 'variants:\n'
	while read -r torch cuda python; do
		n=$((n + 1))
		printf '  v%s: {torch: "%s", cuda: "%s", python: "%s"}\n' $n "$torch" "$cuda" "$python"
	done <<-EOV
		1.12.1 10.2 3.8
		1.9.1 11.1 3.8
		1.12.1 11.3 3.9
		1.13.1 11.6 3.10
		1.13.1 11.7 3.10
		2.2.2 11.8 3.11
		2.4.1 12.1 3.11
		2.5.1 12.4 3.11
		2.6.0 12.6 3.11
		2.7.1 12.8 3.12
		2.8.0 12.9 3.12
		2.9.1 13.0 3.12
	EOV
}

# small LINE...: one variant with the wheels of torch 2.7.1 for CUDA 12.8.
small() {
	printf '%s\n' 'schema: 1' 'name: small' 'torch: "2.7.1"' 'cuda: "12.8"' 'python: "3.11"' 'os: ubuntu22.04' "$@" >"$P/cudabuild.yaml"
}

# at_most NUMBER LIMIT WHAT
at_most() { [ "$1" -le "$2" ] || { echo "$3: $1, more than $2"; curl -fsS "127.0.0.1:$WORLD/count" | jq -r '.log[]'; return 1; }; }

@test "twelve variants with two bases each are four delays, with what is kept none, with a lock no request" {
	twelve >"$P/cudabuild.yaml"
	run abroad generate -C "$P"
	exits 0
	same "$(grep -c '"digest"' "$P/cudabuild.lock")" 24
	at_most "$(asked rounds)" 6 'delays'
	# one question leads to the login, the others wait for it
	same "$(asked_for ' 401' | wc -l)" 1
	same "$(asked_for /proxy_auth | wc -l)" 1
	cp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/first"
	rm -r "$P/cudabuild.lock" "$P/images"
	anew
	abroad generate -q -C "$P"
	at_most "$(asked rounds)" 1 'delays with a warm cache'
	same "$(asked requests)" 0
	cmp "$P/cudabuild.lock" "$BATS_TEST_TMPDIR/first"
	rm -r "$P/images" "${BATS_TEST_TMPDIR:?}/home"
	abroad generate -q -C "$P"
	same "$(asked requests)" 0
}

@test "over HTTP/2 one connection to each host carries everything" {
	"$TOOLS/python" -c 'import h2' 2>/dev/null || unavailable 'the Python package h2 is not installed'
	twelve >"$P/cudabuild.yaml"
	abroad generate -q -C "$P"
	same "$(asked http2)" "$(asked requests)"
	same "$(asked connections)" 3
}

@test "over HTTP/1.1, in plain and through TLS, it is no more delays" {
	local at=127.0.0.1:$WORLD
	twelve "{images: [$at/nvidia/cuda], os_images: $at/library, torch: \"http://$at/whl\", pyg: \"http://$at/pyg\", pypi: \"http://$at/simple\"}" \
		>"$P/cudabuild.yaml"
	cudabuild generate -q -C "$P"
	at_most "$(asked rounds)" 6 'delays'
	same "$(asked http2)" 0
	world first --delay 150 --http1
	twelve >"$P/cudabuild.yaml"
	rm -r "$P/cudabuild.lock" "$P/images" "${BATS_TEST_TMPDIR:?}/home"
	abroad generate -q -C "$P"
	at_most "$(asked rounds)" 6 'delays'
	same "$(asked http2)" 0
}
