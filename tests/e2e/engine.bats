#!/usr/bin/env bats
# The engine floor at a real engine: images FROM scratch with one static program, no network but the registry of the tests.
# shellcheck disable=SC2154 # stderr is bats' own

load lib

setup_file() {
	local libs
	export DRIVE=$BATS_FILE_TMPDIR/drive FILES=$BATS_FILE_TMPDIR/files
	[ -n "$E2E_HOST" ] || return 0
	read -ra libs <<<"$(pkg-config --libs libcurl libarchive libxml-2.0 libpsl jansson yaml-0.1 libcrypto)"
	gcc -std=gnu11 -D_GNU_SOURCE -g -I"$REPO/src" -o "$DRIVE" "$REPO/tests/e2e/engine_drive.c" "$BUILD/all.a" "${libs[@]}" -lpthread
	mkdir -p "$FILES"
	cat >"$BATS_FILE_TMPDIR/tool.c" <<-'EOC'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>
		static void try_write(const char *path)
		{
			FILE *f = fopen(path, "w");
			printf("%s %s\n", path, f ? "written" : "refused");
		}
		int main(int argc, char **argv)
		{
			const char *what = argc > 1 ? argv[1] : "";
			char line[100];
			if (strncmp(what, "fail", 4) == 0) { /* "failout": all on one stream, whose order is kept */
				for (int i = 1; i <= 30; i++)
					printf("line %d\n", i);
				fflush(stdout);
				fprintf(strcmp(what, "fail") == 0 ? stderr : stdout, "last words\n");
				return 7;
			}
			if (strcmp(what, "sleep") == 0) {
				puts("sleeping");
				fflush(stdout);
				sleep(120);
			}
			if (strcmp(what, "eat") == 0)
				for (;;)
					memset(malloc(1 << 20), 1, 1 << 20);
			if (strcmp(what, "look") == 0) {
				FILE *f = fopen("/cudabuild/note", "r");
				if (f && fgets(line, sizeof(line), f))
					printf("note %s", line);
				try_write("/x");
				try_write("/cudabuild/x");
				try_write("/tmp/x");
				try_write("/data/x");
				f = fopen("/proc/self/status", "r");
				while (f && fgets(line, sizeof(line), f))
					if (strncmp(line, "CapEff", 6) == 0 || strncmp(line, "NoNewPrivs", 10) == 0)
						fputs(line, stdout);
				f = fopen("/proc/net/dev", "r");
				while (f && fgets(line, sizeof(line), f))
					if (strchr(line, ':') && !strstr(line, "lo:"))
						puts("a network");
				printf("gpus %s\n", getenv("NVIDIA_VISIBLE_DEVICES") ? getenv("NVIDIA_VISIBLE_DEVICES") : "unset");
			}
			return 0;
		}
	EOC
	gcc -static -Os -s -o "$FILES/tool" "$BATS_FILE_TMPDIR/tool.c"
}

setup() {
	need_engine
	MARK=${E2E##*.} # another run of these tests may go on beside this one
}

teardown() { [ -z "${FRONT_PID:-}" ] || kill "$FRONT_PID"; }

drive() { env DOCKER_HOST="$E2E_HOST" "$DRIVE" "$@"; }

# recipe LINE...: a Dockerfile of two stages whose first stage has these lines (from line 3 on); its path in $RECIPE.
recipe() {
	RECIPE=$BATS_TEST_TMPDIR/Dockerfile
	printf '%s\n' 'FROM scratch AS one' 'COPY tool /tool' "$@" 'FROM scratch' 'COPY --from=one /tool /tool' 'ENV A=b' \
		'VOLUME /data' 'USER 1000' 'ENTRYPOINT ["/tool"]' >"$RECIPE"
}
example() {
	recipe 'RUN ["/tool"]'
	drive build "$RECIPE" "$FILES" example:1 2>/dev/null >/dev/null
}
# until_said FILE TEXT: waits until that text is in the file.
until_said() {
	for _ in {1..600}; do
		if grep -q "$2" "$1" 2>/dev/null; then return 0; fi
		sleep 0.1
	done
	echo "not said within 60 s: $2"
	cat "$1"
	return 1
}
# running TEXT: whether a process with that command line lives (in any container).
running() { pgrep -f "^/tool $1" >/dev/null; }
# gone TEXT: waits until none does.
gone() {
	for _ in {1..100}; do
		running "$1" || return 0
		sleep 0.1
	done
	echo "still there: /tool $1"
	return 1
}

@test "the engine is found and described" {
	run drive info
	exits 0
	says 'Docker Engine '
	says " at $E2E_HOST from DOCKER_HOST"
}

@test "a context becomes an image with its labels, and the same one again" {
	recipe 'RUN ["/tool"]'
	run --separate-stderr drive build "$RECIPE" "$FILES" built:1
	exits 0
	[[ "$output" == sha256:* ]]
	[[ "$stderr" == *'step built:1: [one 2/2] RUN ["/tool"]'* ]]
	local id=$output
	run drive image built:1
	exits 0
	says 'linux/amd64'
	says ' A=b'
	says 'labels io.cudabuild.context='
	says 'volumes /data'
	says 'entrypoint /tool'
	says 'user 1000'
	says 'layers 1'
	local label
	label=$(sed -n 's/^labels //p' <<<"$output")
	run drive label "$label"
	same "$output" "$id"
	run --separate-stderr drive build "$RECIPE" "$FILES" built:1
	same "$output" "$id"
	same "$(leftovers)" ''
}

@test "two variants are built side by side, each with a handle of its own" {
	recipe 'RUN ["/tool", "x"]'
	run --separate-stderr drive twice "$RECIPE" "$FILES" side:1
	exits 0
	[ "${#lines[@]}" -eq 2 ]
	docker image inspect side:1-0 side:1-1 >/dev/null
}

@test "a step that fails is named with its line, its code and its last lines" {
	# shellcheck disable=SC1003 # a backslash is meant
	recipe '# a comment' 'RUN ["/tool", \' '     "failout"]'
	run drive build "$RECIPE" "$FILES" failed:1
	exits 4
	says 'engine: failed:1: images/x/Dockerfile:4: RUN ["/tool", "failout"]: exit code 7'
	says $'detail:\nline 12\n'
	says $'line 30\nlast words'
	said_not 'No such image'
	run docker image inspect failed:1
	exits 1
}

@test "a Dockerfile that cannot be read is named with its line" {
	recipe 'RUNN ["/tool"]'
	run drive build "$RECIPE" "$FILES" unread:1
	exits 4
	says 'engine: unread:1: images/x/Dockerfile:3: '
	says 'unknown instruction: RUNN'
}

@test "a file that the context does not hold is named with the line that asks for it" {
	recipe 'COPY nothing /x'
	run drive build "$RECIPE" "$FILES" absent:1
	exits 4
	says 'engine: absent:1: images/x/Dockerfile:3: COPY nothing /x: '
	says 'not found'
}

@test "a base image that the engine does not hold is an error with a hint" {
	printf 'FROM no-registry.invalid/base:1\n' >"$BATS_TEST_TMPDIR/Dockerfile"
	run drive build "$BATS_TEST_TMPDIR/Dockerfile" "$FILES" base:1
	exits 4
	says 'engine: base:1: images/x/Dockerfile'
}

@test "a signal ends the step in the engine and the build" {
	recipe "RUN [\"/tool\", \"sleep\", \"b1$MARK\"]"
	drive build "$RECIPE" "$FILES" stopped:1 2>"$BATS_TEST_TMPDIR/said" &
	local pid=$! code=0
	until_said "$BATS_TEST_TMPDIR/said" 'log stopped:1: sleeping'
	running "sleep b1$MARK"
	kill -INT "$(pgrep -f "^$DRIVE build")"
	wait $pid || code=$?
	[ "$code" -eq 130 ]
	gone "sleep b1$MARK"
	run docker image inspect stopped:1
	exits 1
	same "$(leftovers)" ''
}

@test "a container sees its files and can change nothing but memory" {
	example
	run --separate-stderr drive run example:1 20 none look
	exits 0
	same "$output" 'exit 0
out: note from outside
/x refused
/cudabuild/x refused
/tmp/x written
/data/x written
CapEff:	0000000000000000
NoNewPrivs:	1
gpus void
err: '
	same "$(leftovers)" ''
}

@test "exit codes, both streams, and a command that is not there" {
	example
	run --separate-stderr drive run example:1 20 none fail
	exits 0
	[ "${lines[0]}" = 'exit 7' ]
	says $'line 30\nerr: last words'
	docker build -q -t bare:1 - <<<$'FROM scratch\nENV A=b' >/dev/null
	run --separate-stderr drive run bare:1 20 none /nothing
	exits 0
	[ "${lines[0]}" = 'exit 127' ]
	same "$(leftovers)" ''
}

@test "time and memory limits end a container" {
	example
	run --separate-stderr drive run example:1 2 none sleep "t1$MARK"
	exits 0
	[ "${lines[0]}" = 'exit -1 timed out' ]
	gone "sleep t1$MARK"
	if [ "$(docker info -f '{{.MemoryLimit}}')" = true ]; then # not where the host's control groups are out of reach
		run --separate-stderr drive run example:1 60 none eat
		exits 0
		[ "${lines[0]}" = 'exit 137 out of memory' ]
	fi
	same "$(leftovers)" ''
}

@test "a signal removes the container and its volume" {
	example
	drive run example:1 100 none sleep "s1$MARK" 2>"$BATS_TEST_TMPDIR/said" &
	local pid=$! code=0
	until_said "$BATS_TEST_TMPDIR/said" 'log run: sleeping'
	kill -TERM "$(pgrep -f "^$DRIVE run")"
	wait $pid || code=$?
	[ "$code" -eq 143 ]
	same "$(leftovers)" ''
	gone "sleep s1$MARK"
}

@test "what a killed process left is found and reaped, what a living one has is not" {
	example
	drive run example:1 100 none sleep "k1$MARK" 2>"$BATS_TEST_TMPDIR/killed" &
	until_said "$BATS_TEST_TMPDIR/killed" 'log run: sleeping'
	kill -KILL "$(pgrep -f "^$DRIVE run")"
	wait $! || true
	drive run example:1 100 none sleep "k2$MARK" 2>"$BATS_TEST_TMPDIR/lives" &
	local pid=$!
	until_said "$BATS_TEST_TMPDIR/lives" 'log run: sleeping'
	run drive left
	same "$(sort <<<"$output")" $'container drive alive\ncontainer drive dead\nvolume drive alive\nvolume drive dead'
	run drive reap
	same "$output" 'reaped 2'
	gone "sleep k1$MARK"
	running "sleep k2$MARK"
	run drive reap
	same "$output" 'reaped 0'
	kill -INT "$(pgrep -f "^$DRIVE run")"
	wait $pid || true
	same "$(leftovers)" ''
}

@test "an engine that has no GPU to give is a missing device" {
	example
	if docker info -f '{{json .Runtimes}}' | grep -q nvidia || command -v nvidia-container-runtime-hook; then
		skip 'this engine can give GPUs'
	fi
	run drive run example:1 20 request look
	exits 6
	says 'missing: run: engine unix://'
	says 'gives the container no GPU: could not select device driver'
	says 'hint: install nvidia-container-toolkit'
	same "$(leftovers)" ''
}

@test "a file is read out of an image, through links, without a start" {
	printf 'text' >"$BATS_TEST_TMPDIR/a"
	mkdir -p "$BATS_TEST_TMPDIR/root/d"
	printf 'inside' >"$BATS_TEST_TMPDIR/root/d/file"
	ln -s d/file "$BATS_TEST_TMPDIR/root/link"
	ln -s /link "$BATS_TEST_TMPDIR/root/link2"
	ln -s loop "$BATS_TEST_TMPDIR/root/loop"
	head -c 100000 /dev/zero >"$BATS_TEST_TMPDIR/root/large"
	tar -C "$BATS_TEST_TMPDIR/root" -c . | docker import - files:1 >/dev/null
	run drive cat files:1 /d/file
	exits 0
	same "$output" inside
	run drive cat files:1 /link2
	same "$output" inside
	run drive cat files:1 /nothing
	exits 1
	run drive cat files:1 /d
	exits 1
	run drive cat files:1 /loop
	exits 4
	says 'too many links'
	run drive cat files:1 /large
	exits 4
	same "$(leftovers)" ''
}

@test "an image is pulled by digest, and a registry at fault is told from an engine" {
	need_registry
	example
	docker tag example:1 "$E2E_REGISTRY/example:1"
	docker push -q "$E2E_REGISTRY/example:1" >/dev/null
	local digest
	digest=$(docker image inspect -f '{{index .RepoDigests 0}}' "$E2E_REGISTRY/example:1")
	docker rmi -f example:1 "$E2E_REGISTRY/example:1" "$digest" >/dev/null 2>&1 || true
	run drive pull "$digest"
	exits 0
	says "step pull: pull $digest"
	docker image inspect "$digest" >/dev/null
	run drive pull "$digest"
	exits 0
	same "$output" ''
	local none=sha256:0000000000000000000000000000000000000000000000000000000000000000
	run drive pull "$E2E_REGISTRY/example@$none"
	exits 3
	says "protocol: pull '$E2E_REGISTRY/example@$none'"
	run drive pull "127.0.0.1:1/example@$none"
	exits 3
	says "network: pull '127.0.0.1:1/example@$none'"
	says 'connection refused'
}

@test "an engine that is down is an error with its socket and a hint" {
	run env DOCKER_HOST="unix://$BATS_TEST_TMPDIR/none.sock" "$DRIVE" info
	exits 4
	says "engine: no container engine at unix://$BATS_TEST_TMPDIR/none.sock (DOCKER_HOST): No such file or directory"
	says 'hint: start it (sudo systemctl start docker) or name another one: --host, DOCKER_HOST'
}

# tls_front: a TLS server on a free loopback port that asks for a client's certificate and hands all bytes to the engine's socket; its
# address in $FRONT, its pid in $FRONT_PID, the client's files in $BATS_TEST_TMPDIR/certs.
tls_front() {
	local certs=$BATS_TEST_TMPDIR/certs name
	mkdir -p "$certs"
	(
		cd "$certs" || exit
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca-key.pem -out ca.pem
		for name in server client; do
			openssl req -newkey rsa:2048 -nodes -subj /CN=$name -keyout $name-key.pem -out $name.csr
			openssl x509 -req -days 2 -CA ca.pem -CAkey ca-key.pem -CAcreateserial -in $name.csr -out $name.pem \
				-extfile <(echo subjectAltName=IP:127.0.0.1)
		done
		mv client.pem cert.pem
		mv client-key.pem key.pem
	) >/dev/null 2>&1
	cat >"$BATS_TEST_TMPDIR/front.py" <<-'EOP'
		import socket, ssl, sys, threading
		certs, target, out = sys.argv[1:]
		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		context.load_cert_chain(certs + "/server.pem", certs + "/server-key.pem")
		context.load_verify_locations(certs + "/ca.pem")
		context.verify_mode = ssl.CERT_REQUIRED
		def copy(source, into):
		    try:
		        while data := source.recv(65536):
		            into.sendall(data)
		    except OSError:
		        pass
		    for end in source, into:
		        try:
		            end.shutdown(socket.SHUT_RDWR)
		        except OSError:
		            pass
		def serve(raw):
		    try:
		        client = context.wrap_socket(raw, server_side=True)
		    except OSError:
		        return
		    engine = socket.socket(socket.AF_UNIX)
		    engine.connect(target)
		    threading.Thread(target=copy, args=(client, engine), daemon=True).start()
		    copy(engine, client)
		listener = socket.create_server(("127.0.0.1", 0))
		with open(out, "w") as f:
		    f.write("127.0.0.1:%d\n" % listener.getsockname()[1])
		while True:
		    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
	EOP
	python3 "$BATS_TEST_TMPDIR/front.py" "$certs" "${E2E_HOST#unix://}" "$BATS_TEST_TMPDIR/front" >/dev/null 2>&1 3>&- &
	FRONT_PID=$!
	until_said "$BATS_TEST_TMPDIR/front" '127.0.0.1:'
	FRONT=$(cat "$BATS_TEST_TMPDIR/front")
}

@test "an engine behind TLS is used with the certificates of DOCKER_CERT_PATH, and never without verification" {
	need_tool openssl python3
	tls_front
	recipe 'RUN ["/tool", "tls"]'
	run env DOCKER_HOST="tcp://$FRONT" DOCKER_CERT_PATH="$BATS_TEST_TMPDIR/certs" "$DRIVE" build "$RECIPE" "$FILES" tls:1
	exits 0
	run --separate-stderr env DOCKER_HOST="tcp://$FRONT" DOCKER_CERT_PATH="$BATS_TEST_TMPDIR/certs" "$DRIVE" run tls:1 20 none look
	exits 0
	[ "${lines[0]}" = 'exit 0' ]
	rm "$BATS_TEST_TMPDIR/certs/ca.pem"
	run env DOCKER_HOST="tcp://$FRONT" DOCKER_CERT_PATH="$BATS_TEST_TMPDIR/certs" "$DRIVE" info
	exits 4
	says "engine: engine tcp://$FRONT: "
	says 'its certificate comes from a CA that is not trusted here'
	same "$(leftovers)" ''
}
