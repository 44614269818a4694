#!/usr/bin/env bats
# `inspect` on one and the same image from everywhere: engine, podman, registry, archives and layouts made by other tools; what
# a faulty registry does to it; and `build` and `test`, which hold what they have against the plan.

load lib
load project

TAG=12.8.1-base-ubuntu22.04
H100=(--compute 9.0 --driver 570.26)

setup_file() {
	[ -z "$E2E_HOST" ] || [ -z "$E2E_REGISTRY" ] || standin --kind torch $TAG >/dev/null
}

setup() {
	need_engine
	need_registry
	IMAGE=$E2E_REGISTRY/nvidia/cuda:$TAG
}

teardown_file() {
	stop_registries
	[ -z "$E2E_HOST" ] || docker image rm -f "$E2E_REGISTRY/nvidia/cuda:$TAG" >/dev/null 2>&1 || true
	[ ! -e "$BATS_FILE_TMPDIR/podman.pid" ] || process_stop "$(cat "$BATS_FILE_TMPDIR/podman.pid")" podman
}

# seen OPERAND...: what is found, without the names that differ by source.
seen() {
	cudabuild inspect -q --format json "${H100[@]}" "$@" |
		jq -S '[.checks, .targets, .packages, [.images[0] | .files, .size, .sizes]] | walk(if type == "object" then del(.subject) else . end)'
}
source_of() { cudabuild inspect -q --format json "$@" | jq -r '.images[0].source'; }
# faulty OPERAND TEXT: it cannot be read, for that reason, and the exit code is 3.
faulty() {
	run cudabuild inspect "$1"
	exits 3
	says "$2"
}
# blob_of NAME TAG: the file in which a registry keeps the first layer of an image for this machine.
blob_of() {
	local manifest layer
	manifest=$(curl -sSf -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://$REGISTRY/v2/$1/manifests/$2")
	layer=$(jq -r '.layers[0].digest' <<<"$manifest" | cut -d: -f2)
	echo "$BATS_FILE_TMPDIR/registry-$3/data/docker/registry/v2/blobs/sha256/${layer:0:2}/$layer/data"
}

@test "a registry and the engine hold the same image; what was taken is said" {
	docker image rm -f "$IMAGE" >/dev/null 2>&1 || true
	same "$(source_of "$IMAGE")" "registry $E2E_REGISTRY"
	seen "$IMAGE" >"$BATS_TEST_TMPDIR/registry"
	docker pull -q "$IMAGE" >/dev/null
	same "$(source_of "$IMAGE")" "engine $E2E_HOST"
	seen "$IMAGE" >"$BATS_TEST_TMPDIR/engine"
	same "$(cat "$BATS_TEST_TMPDIR/engine")" "$(cat "$BATS_TEST_TMPDIR/registry")"
	same "$(jq -r '.[1][0].verdict' "$BATS_TEST_TMPDIR/registry")" pass
	same "$(source_of "docker://$IMAGE")" "registry $E2E_REGISTRY"
	same "$(source_of "docker-daemon:$IMAGE")" "engine $E2E_HOST"
	run cudabuild inspect "docker://$IMAGE"
	exits 0
	says "registry $E2E_REGISTRY, linux/amd64, 2 layers"
	says "from   registry $E2E_REGISTRY"
}

@test "without an engine the registry is read, and nothing is stored" {
	E2E_HOST=unix:///none run cudabuild inspect "$IMAGE"
	exits 0
	says 'no engine is asked'
	same "$(find "$BATS_TEST_TMPDIR/home" -type f)" ''
	E2E_HOST=unix:///none run cudabuild inspect --offline "$IMAGE"
	exits 4
	says 'without --offline its registry is asked'
	E2E_HOST=unix:///none run cudabuild inspect "docker-daemon:$IMAGE"
	exits 4
}

@test "a digest and a platform name the image of an index" {
	local digest
	digest=$(digest_of $TAG arm64)
	run cudabuild inspect --format json "docker://$E2E_REGISTRY/nvidia/cuda@$digest"
	says "nvidia/cuda@$digest"
	run cudabuild inspect --format json --platform linux/arm64 "docker://$IMAGE"
	says "nvidia/cuda@$digest"
	run cudabuild inspect --platform linux/s390x "docker://$IMAGE"
	exits 2
	says "has no image for linux/s390x"
	says 'it has: linux/amd64, linux/arm64'
}

@test "what docker and skopeo write is the same image, gzip or zstd, archive or layout, old or new" {
	need_tool skopeo
	local dir=$BATS_TEST_TMPDIR form
	docker pull -q "$IMAGE" >/dev/null
	docker save "$IMAGE" -o "$dir/save.tar"
	skopeo copy -q "docker-archive:$dir/save.tar" "oci:$dir/layout:gnn"
	skopeo copy -q --dest-compress-format zstd "docker-archive:$dir/save.tar" "oci:$dir/zstd:gnn"
	skopeo copy -q "docker-archive:$dir/save.tar" "oci-archive:$dir/oci.tar:gnn"
	skopeo copy -q --dest-tls-verify=false "docker-archive:$dir/save.tar" "docker://$E2E_REGISTRY/by/skopeo:1"
	skopeo copy -q --dest-tls-verify=false --dest-compress-format zstd "oci:$dir/layout:gnn" "docker://$E2E_REGISTRY/by/skopeo:zstd"
	seen "docker-daemon:$IMAGE" >"$dir/want"
	for form in "$dir/save.tar" "docker-archive:$dir/save.tar" "docker-archive:$dir/save.tar:$IMAGE" "$dir/layout" "oci:$dir/layout:gnn" \
		"oci:$dir/zstd" "oci-archive:$dir/oci.tar" "oci-archive:$dir/oci.tar:gnn" "docker://$E2E_REGISTRY/by/skopeo:1" \
		"docker://$E2E_REGISTRY/by/skopeo:zstd"; do
		seen "$form" >"$dir/got"
		diff -u "$dir/want" "$dir/got" || { echo "from $form"; return 1; }
	done
	run cudabuild inspect "oci:$dir/layout:other"
	exits 2
	says "it holds no image 'other'"
	says 'it holds: gnn'
}

@test "a layout that umoci made and changed is read" {
	need_tool skopeo umoci
	local dir=$BATS_TEST_TMPDIR
	skopeo copy -q --src-tls-verify=false "docker://$IMAGE" "oci:$dir/layout:gnn"
	umoci unpack --image "$dir/layout:gnn" "$dir/bundle"
	rm -r "$dir"/bundle/rootfs/usr/local/lib/python3.10/site-packages/torch/lib/libtorch_cuda.so
	umoci repack --image "$dir/layout:less" "$dir/bundle"
	run cudabuild inspect "oci:$dir/layout:gnn"
	exits 0
	run cudabuild inspect "oci:$dir/layout:less"
	exits 1
	says 'package-incomplete'
	run cudabuild inspect "$dir/layout"
	exits 2
	says 'it holds 2 images'
	says 'gnn, less'
}

@test "podman has the same image, by its service and in its archives" {
	need_tool podman skopeo
	local dir=$BATS_TEST_TMPDIR own=(--root "$BATS_TEST_TMPDIR/root" --runroot "$BATS_TEST_TMPDIR/run")
	podman "${own[@]}" pull -q --tls-verify=false "$IMAGE" >/dev/null 2>"$dir/log" || unavailable "podman: $(tail -n 1 "$dir/log")"
	detached "$dir/log" podman "${own[@]}" system service -t 0 "unix://$dir/socket"
	echo "$DETACHED" >"$BATS_FILE_TMPDIR/podman.pid"
	until_true 20 curl -sf -m 5 -o /dev/null --unix-socket "$dir/socket" http://d/_ping
	seen "docker://$IMAGE" >"$dir/want"
	same "$(E2E_HOST=unix://$dir/socket source_of "$IMAGE")" "engine unix://$dir/socket"
	E2E_HOST=unix://$dir/socket seen "docker-daemon:$IMAGE" >"$dir/got"
	same "$(cat "$dir/got")" "$(cat "$dir/want")"
	podman "${own[@]}" save -q -o "$dir/docker.tar" "$IMAGE"
	podman "${own[@]}" save -q --format oci-archive -o "$dir/oci.tar" "$IMAGE"
	podman "${own[@]}" save -q --format oci-dir -o "$dir/layout" "$IMAGE"
	for form in "$dir/docker.tar" "$dir/oci.tar" "$dir/layout"; do
		seen "$form" >"$dir/got"
		diff -u "$dir/want" "$dir/got" || { echo "from $form"; return 1; }
	done
	process_stop "$DETACHED" podman
	rm "$BATS_FILE_TMPDIR/podman.pid"
	umount "$dir/root/overlay" 2>/dev/null || true
}

@test "a registry with a broken blob is exit 3, and says what is broken" {
	new_registry broken
	"$REPO/tests/standin/nvidia" --registry "$REGISTRY" --kind torch --single $TAG >/dev/null
	local blob image=docker://$REGISTRY/nvidia/cuda:$TAG
	blob=$(blob_of nvidia/cuda $TAG broken)
	cp "$blob" "$BATS_TEST_TMPDIR/sound"
	run cudabuild inspect "$image"
	exits 0
	truncate -s -100 "$blob"
	faulty "$image" 'the registry gives'
	cp "$BATS_TEST_TMPDIR/sound" "$blob"
	printf x | dd of="$blob" bs=1 seek=200 conv=notrunc status=none
	run cudabuild inspect "$image"
	exits 3 # packed bytes that were changed: the packing or the digest says so
	cp "$BATS_TEST_TMPDIR/sound" "$blob"
	# another archive of the same length: only the digest tells
	{ gzip -dc "$BATS_TEST_TMPDIR/sound" | gzip -1 -n; head -c 100000 /dev/zero; } | head -c "$(stat -c %s "$BATS_TEST_TMPDIR/sound")" >"$blob"
	run cudabuild inspect "$image"
	exits 3
	rm "$blob"
	faulty "$image" 'the registry does not have it'
}

@test "a registry with a login is read with docker's credentials, else refused with exit 3" {
	local dir=$BATS_FILE_TMPDIR/registry-closed port
	new_registry closed
	"$REPO/tests/standin/nvidia" --registry "$REGISTRY" --kind torch $TAG >/dev/null
	port=${REGISTRY##*:}
	process_stop "$REGISTRY_PID" docker-registry
	# secret, by bcrypt
	# shellcheck disable=SC2016
	echo 'me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a' >"$dir/htpasswd"
	echo "auth: {htpasswd: {realm: test, path: $dir/htpasswd}}" >>"$dir/config.yml"
	detached "$dir/log" docker-registry serve "$dir/config.yml"
	echo "$DETACHED" >>"$BATS_FILE_TMPDIR/registries"
	until_true 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
	faulty "docker://$REGISTRY/nvidia/cuda:$TAG" 'wants a login'
	mkdir -p "$BATS_TEST_TMPDIR/home/.docker"
	echo "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(printf me:secret | base64)\"}}}" >"$BATS_TEST_TMPDIR/home/.docker/config.json"
	run cudabuild inspect "docker://$REGISTRY/nvidia/cuda:$TAG"
	exits 0
}

@test "names that are nothing say where was looked" {
	run cudabuild inspect none:1
	exits 2
	says "'none:1' is no file or folder, and the engine has no such image"
	run cudabuild inspect "$E2E_REGISTRY/none:1"
	exits 2
	says 'neither the engine nor its registry has such an image'
	run cudabuild inspect "docker://$E2E_REGISTRY/none:1"
	exits 2
	says 'the registry has no image'
	run cudabuild inspect 'a b/c'
	exits 2
	says 'the engine has no such image'
	run cudabuild inspect docker-archive:/none.tar
	exits 2
	says "'/none.tar' is not there"
	run cudabuild inspect --platform arm64 "$IMAGE"
	exits 2
	says '--platform needs a platform such as linux/arm64'
}

@test "build and test hold the image against the plan: what differs is named" {
	local p=$BATS_TEST_TMPDIR/p
	project "$p" 'app: {user: "1234", env: {A: b}, workdir: /data, command: [run, me]}' \
		'targets: [{name: dgx, gpu: H100, driver: "570.26"}, {name: old, gpu: V100, driver: "570.26"}]'
	cudabuild generate -q -C "$p"
	run cudabuild build -C "$p"
	exits 1
	says 'target.old.arch.torch [arch-not-covered]'
	sed -i 's/, {name: old.*}\]/]/' "$p/cudabuild.yaml"
	cudabuild generate -q -C "$p"
	run --separate-stderr cudabuild build --format json -C "$p"
	exits 0
	same "$(jq -r '.builds[0] | .state + " " + .verdict + " " + (.checks | length | tostring)' <<<"$output")" 'cached pass 0' # targets are no part of an image
	run cudabuild test --static -v -C "$p"
	exits 0
	for id in plan.torch plan.cuda plan.python plan.platform plan.labels plan.env plan.user plan.workdir plan.command; do
		says "pass  $id"
	done
	template "$p" 'LABEL x=y'
	sed -i 's/^USER .*/USER 0/; s/^WORKDIR .*/WORKDIR "\/tmp"/; s/^CMD .*/CMD ["no"]/; s/^ENV .*/ENV NVIDIA_REQUIRE_CUDA="cuda>=1"/' \
		"$p/templates/Dockerfile.mustache"
	echo 'LABEL io.cudabuild.cuda="11.8"' >>"$p/templates/Dockerfile.mustache"
	cudabuild generate -q -C "$p"
	run cudabuild build -C "$p"
	exits 1
	for id in plan.user plan.workdir plan.command plan.env.NVIDIA_REQUIRE_CUDA plan.label.io.cudabuild.cuda; do
		says "fail  $id [plan-mismatch]"
	done
}

@test "a torch that is not the planned one is named by build" {
	local p=$BATS_TEST_TMPDIR/p
	standin --kind torch:2.7.0 $TAG >/dev/null
	project "$p"
	cudabuild generate -q --update -C "$p"
	run cudabuild build -C "$p"
	exits 1
	says 'fail  plan.torch [plan-mismatch]'
	says 'expected  2.7.1+cu128'
	says 'found     2.7.0+cu128'
	standin --kind torch $TAG >/dev/null
}

@test "layers laid over one another by chance are what docker and umoci see" {
	DOCKER_HOST=$E2E_HOST run "$REPO/tests/inspect/layers" --docker 2 --umoci 4 --seed "$RANDOM"
	exits 0
	said_not 'not ok'
}
