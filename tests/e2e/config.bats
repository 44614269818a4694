#!/usr/bin/env bats
# Configuration files of the user and the system, and the environment: what acts on this machine only, and in which order it counts.
# shellcheck disable=SC2154 # stderr is bats' own

load lib
load project
load world

BASE=12.8.1-base-ubuntu22.04

setup_file() {
	command -v openssl >/dev/null || return 0
	world world
	echo "$WORLD" >"$BATS_FILE_TMPDIR/port"
}
teardown_file() {
	worlds_end
	stop_registries
}
setup() {
	need_tool openssl
	P=$BATS_TEST_TMPDIR/p
	mkdir -p "$P" "$BATS_TEST_TMPDIR/home/config/cudabuild"
	CONFIG=$BATS_TEST_TMPDIR/home/config/cudabuild/config.yaml
	WORLD=$(cat "$BATS_FILE_TMPDIR/port")
	printf '%s\n' 'schema: 1' 'name: conf' 'torch: "2.7.1"' 'cuda: "12.8"' 'os: ubuntu22.04' 'templates: templates' \
		>"$P/cudabuild.yaml"
	mkdir -p "$P/templates"
	template "$P"
}

# mirrors [LINE...]: a configuration that names this machine's registry and index in place of the public ones.
mirrors() {
	printf '%s\n' 'sources:' "  images: [$E2E_REGISTRY/nvidia/cuda]" "  torch: http://127.0.0.1:$WORLD/whl" "$@" >"$CONFIG"
}

@test "mirrors of the user's configuration are asked and pulled from; lock and files name the public places" {
	need_engine
	need_registry
	standin --kind torch $BASE >/dev/null
	mirrors
	run --separate-stderr cudabuild generate -C "$P"
	exits 0
	same "$(jq -r '.variants[0].base | .repository + " " + .digest' "$P/cudabuild.lock")" "nvcr.io/nvidia/cuda $(digest_of $BASE)"
	same "$(jq -r '.variants[0].packages[0].url' "$P/cudabuild.lock")" \
		https://download.pytorch.org/whl/cu128/torch-2.7.1%2Bcu128-cp310-cp310-manylinux_2_28_x86_64.whl
	grep -qx "FROM nvcr.io/nvidia/cuda:$BASE@$(digest_of $BASE)" "$P/images/cu128/Dockerfile"
	run cudabuild catalog check lock -C "$P"
	exits 0
	says 'nothing differs'
	run cudabuild build -C "$P"
	exits 0
	says "cu128: nvcr.io/nvidia/cuda:$BASE comes from $E2E_REGISTRY/nvidia/cuda"
	run cudabuild build -C "$P"
	exits 0
	says 'unchanged: conf:cu128'
	# without the configuration nothing of it is left
	rm "$CONFIG"
	run cudabuild generate --check -C "$P"
	exits 0
	docker rmi conf:cu128 >/dev/null
}

@test "the manifest's own sources count before those of a file" {
	mirrors
	sed -i "s|images: .*|images: [127.0.0.1:1/nvidia/cuda]|" "$CONFIG"
	echo "sources: {images: [$E2E_REGISTRY/nvidia/cuda]}" >>"$P/cudabuild.yaml"
	need_registry
	standin $BASE >/dev/null
	run cudabuild generate -q -C "$P"
	exits 0
	same "$(jq -r '.variants[0].base.repository' "$P/cudabuild.lock")" "$E2E_REGISTRY/nvidia/cuda"
}

@test "a fault in a file is exit 2 with its place, as soon as somebody is asked; what asks nobody does not read it" {
	printf 'sources:\n  images: nvcr.io/nvidia/cuda\n' >"$CONFIG"
	run --separate-stderr cudabuild generate -C "$P"
	exits 2
	[[ "$stderr" == *"cudabuild generate: error: $CONFIG:2:11: sources.images: must be a list, not a text"* ]]
	run cudabuild generate --offline -C "$P"
	exits 0
	run cudabuild generate --check -C "$P"
	exits 0
}

@test "the system's file counts where the user's says nothing" {
	[ "$(id -u)" = 0 ] || unavailable 'mounting over /etc needs root'
	local etc=$BATS_TEST_TMPDIR/etc
	mkdir -p "$etc"
	need_registry
	standin $BASE >/dev/null
	mirrors
	mv "$CONFIG" "$etc/config.yaml"
	printf 'build: {jobs: 2}\n' >"$CONFIG"
	mkdir -p "$BATS_TEST_TMPDIR/over"
	ln -s "$etc" "$BATS_TEST_TMPDIR/over/cudabuild"
	unshare -m mount -t overlay overlay -o "lowerdir=$BATS_TEST_TMPDIR/over:/etc" /etc 2>/dev/null ||
		unavailable 'nothing can be laid over /etc here'
	export -f cudabuild
	# shellcheck disable=SC2016
	run unshare -m bash -c 'mount -t overlay overlay -o "lowerdir=$1:/etc" /etc && cudabuild generate -q -C "$2"' - \
		"$BATS_TEST_TMPDIR/over" "$P"
	exits 0
	same "$(jq -r '.variants[0].base.digest' "$P/cudabuild.lock")" "$(digest_of $BASE)"
}

@test "build.jobs of a file reaches what compiles, and no file" {
	need_engine
	need_registry
	standin $BASE 12.8.1-devel-ubuntu22.04 >/dev/null
	mirrors "  pypi: http://127.0.0.1:$WORLD/simple" 'build: {jobs: 3}'
	printf '%s\n' 'torch_sparse: "0.6.18"' 'build: {wheels: never}' >>"$P/cudabuild.yaml"
	sed -i '/^FROM/a ARG CUDABUILD_JOBS\nLABEL jobs=$CUDABUILD_JOBS' "$P/templates/Dockerfile.mustache"
	cudabuild generate -q -C "$P"
	run grep -rn 'jobs: 3\|JOBS=3' "$P/images" "$P/cudabuild.lock"
	exits 1
	run cudabuild build -C "$P"
	says 'plan.torch_sparse [missing-dependency]' # nothing is compiled really
	same "$(docker image inspect -f '{{.Config.Labels.jobs}}' conf:cu128)" 3
	docker rmi conf:cu128 >/dev/null
}

@test "an option counts before CUDABUILD_<OPTION>, which counts before nothing" {
	run --separate-stderr env CUDABUILD_OFFLINE=1 CUDABUILD_FORMAT=json "$BUILD/cudabuild" generate -C "$P"
	exits 0
	same "$(jq -r '.variants[0].pinned' <<<"$output")" false
	run env CUDABUILD_OFFLINE=1 CUDABUILD_FORMAT=json "$BUILD/cudabuild" generate -C "$P" --format text
	exits 0
	says 'VARIANT'
	run env CUDABUILD_OFFLINE=1 CUDABUILD_FORMAT=jsn "$BUILD/cudabuild" generate -C "$P"
	exits 2
	says "CUDABUILD_FORMAT: 'jsn' is none of text,json,html"
	run env CUDABUILD_OFFLINE=yes "$BUILD/cudabuild" generate -C "$P"
	exits 2
	says 'CUDABUILD_OFFLINE must be 1 or 0'
	run env CUDABUILD_OFFLINE=0 CUDABUILD_FILE="$P/cudabuild.yaml" CUDABUILD_DIRECTORY=/ "$BUILD/cudabuild" generate --offline
	exits 0
}

@test "a registry without TLS beyond this machine is asked where a file says http://" {
	need_engine
	need_registry
	new_registry plain
	E2E_REGISTRY=$REGISTRY standin $BASE >/dev/null
	local dir=$BATS_FILE_TMPDIR/registry-plain at=$E2E_GATEWAY:${REGISTRY#*:}
	process_stop "$(cat "$dir/pid")" docker-registry
	sed -i "s|http: .*|http: {addr: \"$at\"}|" "$dir/config.yml"
	detached "$dir/log" docker-registry serve "$dir/config.yml"
	echo "$DETACHED" >>"$BATS_FILE_TMPDIR/registries"
	until_true 20 curl -s -o /dev/null "http://$at/v2/"
	mirrors
	sed -i "s|images: .*|images: [$at/nvidia/cuda]|" "$CONFIG"
	run cudabuild generate -q -C "$P"
	exits 3
	sed -i "s|images: .*|images: [\"http://$at/nvidia/cuda\"]|" "$CONFIG"
	run cudabuild generate -q -C "$P"
	exits 0
	same "$(jq -r '.variants[0].base.repository' "$P/cudabuild.lock")" nvcr.io/nvidia/cuda
}

@test "the CA of a file is trusted by whatever asks a registry, with a manifest or without" {
	need_engine # its bridge has an address that is asked by https
	need_registry
	new_registry tls
	E2E_REGISTRY=$REGISTRY standin --kind torch $BASE >/dev/null
	local dir=$BATS_FILE_TMPDIR/registry-tls tls=$BATS_FILE_TMPDIR/world/tls at=$E2E_GATEWAY:${REGISTRY#*:}
	openssl req -newkey rsa:2048 -nodes -keyout "$dir/key" -subj /CN=here -out "$dir/csr" 2>/dev/null
	openssl x509 -req -in "$dir/csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial -days 2 -out "$dir/crt" \
		-extfile <(echo "subjectAltName=IP:$E2E_GATEWAY") 2>/dev/null
	process_stop "$(cat "$dir/pid")" docker-registry
	sed -i "s|http: .*|http: {addr: \"$at\", tls: {certificate: $dir/crt, key: $dir/key}}|" "$dir/config.yml"
	detached "$dir/log" docker-registry serve "$dir/config.yml"
	echo "$DETACHED" >>"$BATS_FILE_TMPDIR/registries"
	until_true 20 curl -sk -o /dev/null "https://$at/v2/"
	mirrors
	sed -i "s|images: .*|images: [$at/nvidia/cuda]|" "$CONFIG"
	unset SSL_CERT_FILE
	run --separate-stderr cudabuild generate -C "$P"
	exits 3
	[[ "$stderr" == *"https://$at/v2/nvidia/cuda/manifests/$BASE: "*certificate* ]]
	run --separate-stderr cudabuild inspect "docker://$at/nvidia/cuda:$BASE"
	exits 3
	cp "$tls/ca.crt" "${CONFIG%/*}/company.crt"
	echo 'ca: company.crt' >>"$CONFIG"
	run --separate-stderr cudabuild generate -q -C "$P"
	exits 0
	run --separate-stderr cudabuild inspect "docker://$at/nvidia/cuda:$BASE" --format json
	same "$(jq -r '.packages[0].name' <<<"$output")" torch
}
