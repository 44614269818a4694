# world.bash — tests/fake/world for the end-to-end tests: every registry and index by its true name, behind https_proxy.
# shellcheck shell=bash

# world NAME [OPTION...]: starts one; its port is in $WORLD, its authority's certificate in $WORLD_CA. It lives ten minutes at most.
world() {
	local name=$1 dir=$BATS_FILE_TMPDIR/world python=$TOOLS/python
	shift
	[ -x "$python" ] || python=python3
	mkdir -p "$dir/tls"
	"$python" "$REPO/tests/fake/world" --tls "$dir/tls" --seconds 600 "$@" >"$dir/$name.port" 2>"$dir/$name.log" 3>&- &
	echo $! >>"$dir/pids"
	until_true 20 test -s "$dir/$name.port" || { cat "$dir/$name.log"; return 1; }
	WORLD=$(cat "$dir/$name.port")
	WORLD_CA=$dir/tls/ca.crt
}
worlds_end() {
	local pid
	while read -r pid; do kill "$pid" 2>/dev/null || true; done < <(cat "$BATS_FILE_TMPDIR/world/pids" 2>/dev/null)
}

# abroad ARGUMENT...: cudabuild in that world, without uv.
abroad() {
	PATH=/usr/bin:/bin https_proxy=http://127.0.0.1:$WORLD SSL_CERT_FILE=$WORLD_CA PIP_INDEX_URL=https://index.example/simple \
		cudabuild "$@"
}
# anew: from now on is counted. asked FIELD: what the world counted (requests, rounds, connections, http2). asked_for TEXT: the requests
# that hold it, in their order: "METHOD HOST/PATH STATUS".
anew() { curl -fsS "127.0.0.1:$WORLD/reset"; }
asked() { curl -fsS "127.0.0.1:$WORLD/count" | jq ".$1"; }
asked_for() { curl -fsS "127.0.0.1:$WORLD/count" | jq -r '.log[]' | cut -d' ' -f2- | grep -F -- "$1" || true; }
