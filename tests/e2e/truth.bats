#!/usr/bin/env bats
# Registries and indexes as they really behave (tests/fake/world, and docker-registry with every tag that nvidia/cuda ever had): Docker Hub,
# nvcr.io, PyTorch, PyG, the plain index.
# shellcheck disable=SC2154 # stderr is bats' own

load lib
load world

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
	mkdir -p "$P"
	WORLD=$(cat "$BATS_FILE_TMPDIR/port")
	export WORLD_CA=$BATS_FILE_TMPDIR/world/tls/ca.crt
	anew
}

# small LINE...: one variant of torch 2.7.1 for CUDA 12.8, and more lines.
small() {
	printf '%s\n' 'schema: 1' 'name: small' 'torch: "2.7.1"' 'cuda: "12.8"' 'python: "3.11"' 'os: ubuntu22.04' "$@" >"$P/cudabuild.yaml"
}
# locked FILTER: of the lock's only variant.
locked() { jq -r ".variants[0]$1" "$P/cudabuild.lock"; }

@test "nvcr.io: no service, a wish to push in the challenge, a token as text/plain; only pull is asked for" {
	small
	abroad generate -q -C "$P"
	same "$(asked_for nvcr.io)" "GET nvcr.io/v2/nvidia/cuda/manifests/12.8.1-base-ubuntu22.04 401
GET nvcr.io/proxy_auth?scope=repository%3Anvidia%2Fcuda%3Apull 200
GET nvcr.io/v2/nvidia/cuda/manifests/12.8.1-base-ubuntu22.04 200"
	same "$(locked .base.repository)" nvcr.io/nvidia/cuda
}

@test "Docker Hub: a token from auth.docker.io, the config from another host without it" {
	printf '%s\n' 'schema: 1' 'name: old' 'torch: "1.12.1"' 'cuda: "11.3"' 'python: "3.9"' 'os: ubuntu20.04' \
		'sources: {images: [docker.io/nvidia/cuda]}' >"$P/cudabuild.yaml"
	abroad generate -q -C "$P"
	config=$(asked_for production.cloudflare | sed 's|.*docker/\(sha256:[0-9a-f]*\).*|\1|')
	same "$(asked_for docker.io)" "GET registry-1.docker.io/v2/nvidia/cuda/manifests/11.3.1-base-ubuntu20.04 401
GET auth.docker.io/token?service=registry.docker.io&scope=repository%3Anvidia%2Fcuda%3Apull 200
GET registry-1.docker.io/v2/nvidia/cuda/manifests/11.3.1-base-ubuntu20.04 200
GET registry-1.docker.io/v2/nvidia/cuda/blobs/$config 307"
	same "$(asked_for production.cloudflare)" "GET production.cloudflare.docker.com/registry-v2/docker/$config?verify=1 200"
	same "$(locked .base.repository)" docker.io/nvidia/cuda
}

@test "a tag that Docker Hub dropped comes from nvcr.io; that it is not there is asked once" {
	printf '%s\n' 'schema: 1' 'name: old' 'torch: "1.12.1"' 'cuda: "10.2"' 'python: "3.8"' 'os: ubuntu18.04' \
		'sources: {images: [docker.io/nvidia/cuda, nvcr.io/nvidia/cuda]}' >"$P/cudabuild.yaml"
	abroad generate -q -C "$P"
	same "$(locked .base.repository)" nvcr.io/nvidia/cuda
	same "$(asked_for ' 404')" 'GET registry-1.docker.io/v2/nvidia/cuda/manifests/10.2-base-ubuntu18.04 404'
	rm -r "$P/cudabuild.lock" "$P/images"
	anew
	abroad generate -q -C "$P"
	same "$(asked requests)" 0
	anew
	abroad generate -q --update -C "$P"
	same "$(asked_for ' 404')" 'GET registry-1.docker.io/v2/nvidia/cuda/manifests/10.2-base-ubuntu18.04 404'
}

@test "a pull limit of Docker Hub that lasts hours is not waited for: the next registry answers, or exit 3 says when" {
	world limited --limit 0
	small 'sources: {images: [docker.io/nvidia/cuda, nvcr.io/nvidia/cuda]}'
	run --separate-stderr abroad generate -q -C "$P"
	exits 0
	same "$(locked .base.repository)" nvcr.io/nvidia/cuda
	rm -r "$P/cudabuild.lock" "$P/images"
	small 'sources: {images: [docker.io/nvidia/cuda]}'
	run --separate-stderr abroad generate -q -C "$P"
	exits 3
	same "${stderr%%$'\n'*}" "cudabuild generate: error: docker.io/nvidia/cuda:12.8.1-base-ubuntu22.04: too many requests for now (429), to be asked again after 21600 s: TOOMANYREQUESTS: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"
}

@test "tags come from Docker Hub's own API, fifteen pages that cost no pull, and all rows are what the world lists" {
	small 'sources: {images: [docker.io/nvidia/cuda]}'
	run --separate-stderr abroad catalog check rows -C "$P"
	exits 0
	same "$output" 'nothing differs'
	same "$(asked_for hub.docker.com | wc -l)" 15
	same "$(asked_for registry-1.docker.io | wc -l)" 0
}

# back: what a list that has every tag says of those that Docker Hub dropped.
back() { sed -n 's/^\([^,]*\),.*,removed,.*/tag: new \1 (removed)/p' "$REPO/src/data/tags.csv"; }

@test "a registry's pages of tags are followed by their Link to the last" {
	need_tool gcc
	small "sources: {images: [127.0.0.1:$WORLD/nvidia/cuda]}"
	run --separate-stderr abroad catalog check rows -C "$P"
	exits 1
	same "$(sort <<<"$output")" "$(back | sort)"
	same "$(asked_for /tags/list | wc -l)" 24
	same "$(asked_for /tags/list | sed -n '2s/.*tags/tags/p')" \
		"tags/list?last=$(sed -n '/^[0-9]/s/,.*//p' "$REPO/src/data/tags.csv" | LC_ALL=C sort | sed -n 100p)&n=100 200"
}

@test "docker-registry with all 2321 tags that nvidia/cuda ever had is read in one page, live" {
	need_registry
	new_registry tags
	E2E_REGISTRY=$REGISTRY standin 12.8.1-base-ubuntu22.04 >/dev/null
	"$REPO/tests/standin/tags" "$BATS_FILE_TMPDIR/registry-tags/data" 12.8.1-base-ubuntu22.04
	same "$(curl -fsS "http://$REGISTRY/v2/nvidia/cuda/tags/list" | jq '.tags | length')" 2321
	small "sources: {images: [$REGISTRY/nvidia/cuda]}"
	run --separate-stderr abroad catalog check rows -C "$P"
	exits 1
	same "$(sort <<<"$output")" "$(back | sort)"
	# the bytes behind each name are the same one: any tag can be pinned
	run abroad generate -q -C "$P"
	exits 0
	same "$(locked .base.repository)" "$REGISTRY/nvidia/cuda"
}

@test "PyTorch's index states hashes, so nothing is fetched; PyG's pages state none, so its wheels are, once" {
	small 'torch_sparse: "0.6.18"'
	abroad generate -q -C "$P"
	wheel=torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl
	same "$(locked '.packages[] | select(.name == "torch") | .sha256')" "$(echo "wheel $wheel" | sha256sum | cut -d' ' -f1)"
	same "$(asked_for download.pytorch.org)" 'GET download.pytorch.org/whl/cu128/torch/ 200'
	wheel=torch_sparse-0.6.18+pt27cu128-cp311-cp311-linux_x86_64.whl
	same "$(locked '.packages[] | select(.name == "torch_sparse") | .sha256')" "$(echo "wheel $wheel" | sha256sum | cut -d' ' -f1)"
	same "$(locked '.packages[] | select(.name == "torch_sparse") | .url')" \
		"https://data.pyg.org/whl/torch-2.7.0%2Bcu128/torch_sparse-0.6.18%2Bpt27cu128-cp311-cp311-linux_x86_64.whl"
	same "$(asked_for data.pyg.org | LC_ALL=C sort)" \
		"GET data.pyg.org/whl/torch-2.7.0%2Bcu128/torch_scatter-2.1.2%2Bpt27cu128-cp311-cp311-linux_x86_64.whl 200
GET data.pyg.org/whl/torch-2.7.0%2Bcu128/torch_sparse-0.6.18%2Bpt27cu128-cp311-cp311-linux_x86_64.whl 200
GET data.pyg.org/whl/torch-2.7.0+cu128.html 200"
	# asked anew, what did not change is not sent again
	anew
	abroad generate -q --update -C "$P"
	same "$(asked_for data.pyg.org | cut -d' ' -f3 | sort -u)" 304
}

@test "a page of nothing that answers 200 is no wheel: it is compiled, or the answer is no" {
	world empty --empty torch-2.7.0+cu128
	small 'torch_sparse: "0.6.18"'
	run abroad generate -C "$P"
	exits 0
	says 'torch_sparse 0.6.18 is compiled'
	small 'torch_sparse: "0.6.18"' 'build: {wheels: require}'
	run abroad generate -C "$P"
	exits 1
	says no-wheel
}

@test "variant wheels of the draft PEPs are looked at, with the targets as the machine, and never taken" {
	printf '%s\n' 'targets:' '  - {name: dgx, gpu: A100, driver: "580.65.06"}' '  - {name: hopper, compute: "9.0", driver: "580.65.06"}' \
		'  - {name: older, gpu: A100, driver: "560.28.03"}' '  - {name: oldest, gpu: P100, driver: "535.104.05"}' >"$BATS_TEST_TMPDIR/targets"
	small "$(cat "$BATS_TEST_TMPDIR/targets")"
	run --separate-stderr abroad catalog variants torch 2.9.0 -C "$P"
	exits 0
	same "$output" 'https://download.pytorch.org/whl/torch-2.9.0-variants.json
LABEL  PROPERTIES
cu126  nvidia :: cuda_version_lower_bound :: 12.6, nvidia :: sm_arch :: 70_real, nvidia :: sm_arch :: 80_real, nvidia :: sm_arch :: 90_real
cu130  nvidia :: cuda_version_lower_bound :: 13.0, nvidia :: sm_arch :: 80_real, nvidia :: sm_arch :: 100_real, nvidia :: sm_arch :: 120_real, nvidia :: sm_arch :: 120_virtual
null   none
TARGET  LABEL
dgx     cu130
hopper  cu126
older   cu126
oldest  null'
	run --separate-stderr abroad catalog variants torch 2.9.0 -C "$P" --format json
	exits 0
	same "$(jq -r '.targets[] | .name + " " + .label' <<<"$output" | head -n 1)" 'dgx cu130'
	same "$(jq -r '.files[0]' <<<"$output")" torch-2.9.0-cp312-cp312-manylinux_2_28_x86_64-cu126.whl
	if [ -x "$TOOLS/python" ]; then
		"$TOOLS/python" -c 'import json, sys, jsonschema; jsonschema.validate(json.loads(sys.argv[1]), json.loads(sys.argv[2]))' \
			"$output" "$(cudabuild schema catalog)"
	fi
	run --separate-stderr abroad catalog variants torch 2.8.0 -C "$P"
	exits 1
	same "$output" ''
	[[ "$stderr" == *'no index links a list of variants of torch 2.8.0'* ]]
	run abroad catalog variants torch -C "$P"
	exits 2
	# a folder whose only wheel for the question is a variant one has no wheel
	mkdir -p "$P/wheels"
	echo x >"$P/wheels/torch-2.7.1-cp311-cp311-manylinux_2_28_x86_64-cu128.whl"
	small 'sources: {torch: wheels}'
	run abroad generate -C "$P"
	exits 1
	says no-wheel
}

@test "a SOCKS proxy resolves names itself; no_proxy leaves it out; a proxy that is down is named" {
	small
	# shellcheck disable=SC2031
	run env PATH=/usr/bin:/bin all_proxy="socks5h://127.0.0.1:$WORLD" SSL_CERT_FILE="$WORLD_CA" HOME="$BATS_TEST_TMPDIR/home" \
		"$BUILD/cudabuild" generate -q -C "$P"
	exits 0
	same "$(curl -fsS "127.0.0.1:$WORLD/count" | jq -r '.log[]' | sed -n 's/^- SOCKS //p' | sort -u)" $'download.pytorch.org\nnvcr.io'
	rm -r "$P/cudabuild.lock" "$P/images" "${BATS_TEST_TMPDIR:?}/home"
	anew
	run --separate-stderr env PATH=/usr/bin:/bin https_proxy="http://127.0.0.1:$WORLD" no_proxy=nvcr.io SSL_CERT_FILE="$WORLD_CA" \
		HOME="$BATS_TEST_TMPDIR/home" CUDABUILD_CONNECT_TIMEOUT=2s "$BUILD/cudabuild" generate -C "$P"
	same "$(asked_for nvcr.io)" ''
	[ -n "$(asked_for download.pytorch.org)" ]
	rm -rf "$P/cudabuild.lock" "$P/images"
	run --separate-stderr env PATH=/usr/bin:/bin https_proxy=http://127.0.0.1:1 SSL_CERT_FILE="$WORLD_CA" HOME="$BATS_TEST_TMPDIR/home2" \
		"$BUILD/cudabuild" generate -C "$P"
	exits 3
	[[ "$stderr" == *'127.0.0.1:1'* ]]
}
