#!/usr/bin/env bats
# The source floor at real registries: docker-registry, open, with a login, with TLS.
# shellcheck disable=SC2154 # stderr is bats' own

load lib

setup_file() {
	local libs
	export DRIVE=$BATS_FILE_TMPDIR/drive
	read -ra libs <<<"$(pkg-config --libs libcurl libarchive libxml-2.0 libpsl jansson yaml-0.1 libcrypto)"
	gcc -std=gnu11 -D_GNU_SOURCE -g -I"$REPO/src" -o "$DRIVE" "$REPO/tests/e2e/sources_drive.c" "$BUILD/all.a" "${libs[@]}"
}
teardown_file() {
	stop_registries
}
setup() {
	HOME=$BATS_TEST_TMPDIR
	export HOME
	unset SSL_CERT_FILE SSL_CERT_DIR
}

# ask REPOSITORY TAG [CA]: what the source floor finds, with a limit on time and memory.
ask() { run --separate-stderr timeout 20 "$DRIVE" "$@"; }

# more_config DIR LINE...: appends to a registry's configuration and starts it anew on the same port.
more_config() {
	local dir=$1 port
	shift
	port=$(sed 's/.*://' "$dir/address")
	process_stop "$(cat "$dir/pid")" docker-registry
	printf '%s\n' "$@" >>"$dir/config.yml"
	detached "$dir/log" docker-registry serve "$dir/config.yml"
	echo "$DETACHED" | tee "$dir/pid" >>"$BATS_FILE_TMPDIR/registries"
	until_true 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
}

@test "an open registry: digests of index and platform are those that it serves" {
	need_registry
	read -r _ index < <(standin 12.8.1-base-ubuntu22.04)
	ask "$E2E_REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 0
	read -r got platform <<<"$output"
	same "$got" "$index"
	run curl -fsS -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://$E2E_REGISTRY/v2/nvidia/cuda/manifests/$platform"
	exits 0
	same "sha256:$(printf %s "$output" | sha256sum | cut -d' ' -f1)" "$platform"
	ask "$E2E_REGISTRY/nvidia/cuda" 1.0-none
	same "$output" none
	ask "$E2E_REGISTRY/nobody/none" 1
	same "$output" none
}

@test "a registry with a login: docker's configuration opens it, nothing and wrong ones do not" {
	need_registry
	new_registry login
	read -r _ index < <(E2E_REGISTRY=$REGISTRY standin 12.8.1-base-ubuntu22.04)
	local dir=$BATS_FILE_TMPDIR/registry-login
	# secret, by bcrypt
	# shellcheck disable=SC2016
	echo 'me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a' >"$dir/htpasswd"
	more_config "$dir" "auth: {htpasswd: {realm: test, path: $dir/htpasswd}}"
	ask "$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 3
	same "$stderr" "auth: $REGISTRY/nvidia/cuda: wants a login
hint: no credentials for it were found; \`docker login $REGISTRY\` stores some"
	mkdir -p "$HOME/.docker"
	echo "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(printf me:wrong | base64)\"}}}" >"$HOME/.docker/config.json"
	ask "$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 3
	same "$stderr" "auth: $REGISTRY/nvidia/cuda: does not accept the user and password
hint: the credentials used are those of $HOME/.docker/config.json"
	echo "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(printf me:secret | base64)\"}}}" >"$HOME/.docker/config.json"
	ask "$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 0
	[[ "$output" == "$index "* ]]
	mkdir "$HOME/bin"
	printf '#!/bin/sh\ncat >/dev/null\necho "{\\"Username\\":\\"me\\",\\"Secret\\":\\"secret\\"}"\n' >"$HOME/bin/docker-credential-test"
	chmod +x "$HOME/bin/docker-credential-test"
	echo '{"credsStore":"test"}' >"$HOME/.docker/config.json"
	PATH=$HOME/bin:$PATH ask "$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 0
	[[ "$output" == "$index "* ]]
}

# certificate DIR NAME SAN DAYS: a key and a certificate of that CA.
certificate() {
	openssl req -newkey rsa:2048 -nodes -keyout "$1/$2.key" -subj "/CN=$2" -out "$1/$2.csr" 2>/dev/null
	openssl x509 -req -in "$1/$2.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial -days "$4" -out "$1/$2.crt" \
		-extfile <(echo "subjectAltName=$3") 2>/dev/null
}

@test "a registry with TLS: a private CA is trusted when it is named, other certificates are not" {
	need_registry
	need_tool openssl
	new_registry tls
	read -r _ index < <(E2E_REGISTRY=$REGISTRY standin 12.8.1-base-ubuntu22.04)
	local dir=$BATS_FILE_TMPDIR/registry-tls
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/ca.key" -out "$dir/ca.crt" -subj '/CN=test CA' -days 2 2>/dev/null
	certificate "$dir" good IP:127.0.0.1 2
	certificate "$dir" other DNS:other.example 2
	sed -i "s|http: .*|http: {addr: \"$REGISTRY\", tls: {certificate: $dir/good.crt, key: $dir/good.key}}|" "$dir/config.yml"
	more_config "$dir" ''
	ask "https://$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04 "$dir/ca.crt"
	exits 0
	[[ "$output" == "$index "* ]]
	SSL_CERT_FILE=$dir/ca.crt ask "https://$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 0
	ask "https://$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04
	exits 3
	echo "$stderr"
	[[ "$stderr" == "protocol: https://$REGISTRY/v2/nvidia/cuda/manifests/12.8.1-base-ubuntu22.04: its certificate comes from a CA that is not trusted here"* ]]
	[[ "$stderr" == *'hint: '*'sources: {ca: FILE}'* ]]
	sed -i "s|good|other|g" "$dir/config.yml"
	more_config "$dir" ''
	ask "https://$REGISTRY/nvidia/cuda" 12.8.1-base-ubuntu22.04 "$dir/ca.crt"
	exits 3
	echo "$stderr"
	[[ "$stderr" == *'its certificate is for another host'* ]]
}

@test "nobody listens: said at once, with host and reason" {
	ask 127.0.0.1:1/nvidia/cuda 1
	exits 3
	same "$stderr" 'network: http://127.0.0.1:1/v2/nvidia/cuda/manifests/1: cannot connect: Connection refused'
}
