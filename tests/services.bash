# services.bash — starting a container engine and an image registry and finding out whether they live; sourced by
# tests/setup, tests/e2e/lib.bash and tests/real.
#
# Everything here must also work after all processes of this machine were killed at once: a pid file or an address says
# nothing until the process behind it answered, and what a dead process left in the way is removed. Nothing waits for
# ever, and nothing that is started keeps a file descriptor of the caller.
# shellcheck shell=bash disable=SC2034 # what is set here is read by those who source it

# The folder of what tests keep between runs.
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cudabuild-tests
# Debian's own client: a newer one without its buildx plug-in cannot build.
DOCKER=docker
if [ -x /usr/bin/docker ]; then DOCKER=/usr/bin/docker; fi

say() { printf '  %s\n' "$*"; }
# Why something cannot be had; the words go to whoever skips because of it.
WHY=

# detached LOG COMMAND...: starts it in a session of its own with only LOG open; its pid is in $DETACHED.
detached() {
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	# The inner shell closes what it inherited and becomes the command, so the pid is the command's.
	# shellcheck disable=SC2016
	setsid bash -c '
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			[ "$fd" -gt 2 ] && eval "exec $fd>&-"
		done
		exec "$@"' detached "$@" </dev/null >"$log" 2>&1 &
	DETACHED=$!
	disown "$DETACHED" 2>/dev/null || true
}

# lives PID [NAME]: whether the process runs (not as a zombie), under that command name.
lives() {
	[ -n "${1:-}" ] && [ -e "/proc/$1/status" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null &&
		{ [ -z "${2:-}" ] || [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }
}

# runs NAME: whether any process of that name lives.
runs() {
	local pid
	for pid in $(pgrep -x "$1" 2>/dev/null); do
		if lives "$pid"; then return 0; fi
	done
	return 1
}

# stale FILE NAME: removes the pid file unless a process of that name has the pid in it. (Both dockerd and containerd
# believe in any living process of that number.)
stale() {
	local pid
	[ -e "$1" ] || return 0
	pid=$(head -c 32 "$1" 2>/dev/null | tr -cd 0-9) || pid=
	lives "$pid" "$2" || rm -f "$1"
}

# until_true SECONDS COMMAND...: asks four times a second.
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.25
	done
}

# --- engine -------------------------------------------------------------------------------------------------------------

# engine_answers SOCKET
engine_answers() {
	[ -S "$1" ] && [ "$(curl -sS -m 10 --unix-socket "$1" http://engine/_ping 2>/dev/null)" = OK ]
}

# engine_possible: whether this process could start one; else WHY.
engine_possible() {
	if [ "$(id -u)" != 0 ]; then WHY='not root'; return 1; fi
	if ! command -v dockerd >/dev/null; then WHY='dockerd is not installed'; return 1; fi
	if ! unshare --mount true 2>/dev/null; then WHY='this container may not mount'; return 1; fi
}

# engine_settled SOCKET PID: it answers or is dead.
engine_settled() { engine_answers "$1" || ! lives "$2"; }

# engine_start SOCKET PIDFILE EXEC_ROOT LOG OPTION...: starts a dockerd and waits for its answer; its pid is in
# $ENGINE_PID. 1 with WHY when it does not come up.
engine_start() {
	local socket=$1 pidfile=$2 exec_root=$3 log=$4
	shift 4
	stale "$pidfile" dockerd
	stale "$exec_root/containerd/containerd.pid" containerd
	if [ ! -e "$exec_root/containerd/containerd.pid" ]; then rm -f "$exec_root"/containerd/*.sock*; fi
	rm -f "$socket"
	detached "$log" dockerd --host "unix://$socket" --pidfile "$pidfile" --exec-root "$exec_root" "$@"
	ENGINE_PID=$DETACHED
	until_true 90 engine_settled "$socket" "$ENGINE_PID" || true
	if engine_answers "$socket"; then return 0; fi
	WHY="dockerd does not come up: $(grep -vE 'level=info' "$log" | tail -n 1 | cut -c1-300)"
	return 1
}

# clear_exec_root DIR: removes the run-time state of a dead engine, mounts below it first.
clear_exec_root() {
	local mount
	awk -v dir="$(realpath -m "$1")/" 'index($2, dir) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r mount; do
		umount -l "$mount" 2>/dev/null || true
	done
	rm -rf --one-file-system "$1" 2>/dev/null || true
}

gone() { ! lives "$@"; }

# process_stop PID NAME: asks it to end, then ends it.
process_stop() {
	lives "$1" "$2" || return 0
	kill "$1" 2>/dev/null || true
	until_true 20 gone "$1" "$2" || kill -9 "$1" 2>/dev/null || true
}

# --- registry -----------------------------------------------------------------------------------------------------------

# registry_answers ADDRESS
registry_answers() {
	[ -n "${1:-}" ] && curl -sS -m 10 -o /dev/null -D - "http://$1/v2/" 2>/dev/null |
		grep -qi '^docker-distribution-api-version: *registry/2'
}

port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

registry_settled() { registry_answers "$1" || ! lives "$2"; }

# registry_start DIR [PORT...]: a registry on loopback with its data below DIR, on the first of the ports that is free
# (without any: on a free one); its address is in $REGISTRY and DIR/address, its pid in $REGISTRY_PID and DIR/pid.
registry_start() {
	local dir=$1 port try
	shift
	mkdir -p "$dir/data"
	for try in 1 2 3 4 5 6 7 8 9 10; do
		port=${1:-$((20000 + RANDOM % 12000))}
		[ $# -eq 0 ] || shift
		port_free "$port" || continue
		cat >"$dir/config.yml" <<-EOC
			version: 0.1
			log: {level: warn}
			storage: {filesystem: {rootdirectory: $dir/data}, delete: {enabled: true}}
			http: {addr: "127.0.0.1:$port"}
		EOC
		detached "$dir/log" docker-registry serve "$dir/config.yml"
		REGISTRY_PID=$DETACHED
		until_true 20 registry_settled "127.0.0.1:$port" "$REGISTRY_PID" || true
		if lives "$REGISTRY_PID" docker-registry && registry_answers "127.0.0.1:$port"; then
			REGISTRY=127.0.0.1:$port
			echo "$REGISTRY_PID" >"$dir/pid"
			echo "$REGISTRY" >"$dir/address.new" && mv "$dir/address.new" "$dir/address"
			return 0
		fi
		process_stop "$REGISTRY_PID" docker-registry
	done
	WHY="docker-registry does not come up: $(tail -n 1 "$dir/log" | cut -c1-300)"
	return 1
}

# --- what tests share: made by tests/setup ----------------------------------------------------------------------------------

# shared_registry: the address of the registry that `make setup` started, in $REGISTRY; 1 with WHY when there is none.
shared_registry() {
	REGISTRY=$(cat "$CACHE/registry/address" 2>/dev/null) || REGISTRY=
	if registry_answers "$REGISTRY"; then return 0; fi
	REGISTRY=
	WHY='no registry answers (make setup starts one)'
	return 1
}

# shared_engine: the engine that `make setup` found or started, its socket in $ENGINE; 1 with WHY when there is none.
shared_engine() {
	ENGINE=/var/run/docker.sock
	if engine_answers "$ENGINE"; then return 0; fi
	WHY=$(cat "$CACHE/engine-why" 2>/dev/null) || WHY='no engine answers (make setup starts one)'
	return 1
}
