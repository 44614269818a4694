#!/usr/bin/env bats
# The tests' own parts: what all others rest on.

load lib

teardown_file() { stop_registries; }

@test "the private engine runs a container and leaves nothing" {
	need_engine
	tiny_image tiny:1
	run docker run --rm --network none tiny:1 /hello a b
	exits 0
	same "$output" 'a b'
	same "$(leftovers)" ''
}

@test "the private engine pulls a stand-in by its platform's digest" {
	need_engine
	need_registry
	standin 12.8.1-base-ubuntu24.04
	local list digest
	list=$(curl -sS -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' \
		"http://$E2E_REGISTRY/v2/nvidia/cuda/manifests/12.8.1-base-ubuntu24.04")
	digest=$(jq -r '.manifests[] | select(.platform.architecture == "amd64") | .digest' <<<"$list")
	docker pull -q "$E2E_REGISTRY/nvidia/cuda@$digest"
	run docker image inspect -f '{{join .Config.Env "\n"}}' "$E2E_REGISTRY/nvidia/cuda@$digest"
	exits 0
	says 'CUDA_VERSION=12.8.1'
	says 'LD_LIBRARY_PATH=/usr/local/cuda/lib64'
	says 'NVIDIA_DRIVER_CAPABILITIES=compute,utility'
}

@test "a stand-in pushed twice has the same digest" {
	need_registry
	run standin 10.2-devel-ubuntu18.04
	exits 0
	local first=$output
	run standin 10.2-devel-ubuntu18.04
	same "$output" "$first"
}

@test "one more registry is started on a port of its own and answers" {
	need_registry
	new_registry other
	registry_answers "$REGISTRY"
	[ "$REGISTRY" != "$E2E_REGISTRY" ]
}
