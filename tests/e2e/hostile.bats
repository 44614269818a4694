#!/usr/bin/env bats
# What a registry may do to its clients, row by row of the threat list A: each ends within five seconds and 128 MiB, with
# exit 3 and a message that names host and reason, and leaves the cache as it was. tests/fake/hostile plays the registry.
# Rows that other tests show: A.4 (nothing is uploaded), A.5 and A.11's layers (no layer is fetched here), A.22 (sources.bats),
# A.23 (unit/http: proxies), A.26 (lock.bats, catalog.bats).
# shellcheck disable=SC2154 # stderr is bats' own

load lib

setup_file() {
	local libs
	export DRIVE=$BATS_FILE_TMPDIR/drive
	read -ra libs <<<"$(pkg-config --libs libcurl libarchive libxml-2.0 jansson yaml-0.1 libcrypto)"
	gcc -std=gnu11 -D_GNU_SOURCE -g -I"$REPO/src" -o "$DRIVE" "$REPO/tests/e2e/sources_drive.c" "$BUILD/all.a" "${libs[@]}"
	"$REPO/tests/fake/hostile" --seconds 600 >"$BATS_FILE_TMPDIR/hostile.log" 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/hostile.pid"
	until_true 20 test -s "$BATS_FILE_TMPDIR/hostile.log"
}
teardown_file() { kill "$(cat "$BATS_FILE_TMPDIR/hostile.pid")" || true; }
setup() {
	HOME=$BATS_TEST_TMPDIR
	KEEP=$BATS_TEST_TMPDIR/keep
	export HOME KEEP CUDABUILD_STALL_TIMEOUT=1s
	unset SSL_CERT_FILE SSL_CERT_DIR
	HOSTILE=127.0.0.1:$(head -n 1 "$BATS_FILE_TMPDIR/hostile.log")
	LOGGED=$(wc -l <"$BATS_FILE_TMPDIR/hostile.log")
	SECRET=$(printf me:canary | base64)
	mkdir -p "$HOME/.docker"
	echo "{\"auths\":{\"$HOSTILE\":{\"auth\":\"$SECRET\"}}}" >"$HOME/.docker/config.json"
}

# ask REPOSITORY WORD: what the source floor finds.
ask() { run --separate-stderr timeout 20 "$DRIVE" "$@"; }
# fault NAME STATUS TEXT [WORD]: the fault ends with that status and text, soon, in little memory, and nothing is kept.
fault() {
	KEEP=$BATS_TEST_TMPDIR/keep.$1
	run --separate-stderr timeout 10 /usr/bin/env time -f 'peak %M KiB, %e s' "$DRIVE" "$HOSTILE/$1/cuda" "${4:-1}"
	[ "$status" -eq "$2" ] || { printf '%s: exit %s: %s\n' "$1" "$status" "$stderr"; return 1; }
	[[ "$stderr" == *"$3"* ]] || { printf '%s: %s\n' "$1" "$stderr"; return 1; }
	peak=$(sed -n 's/.*peak \([0-9]*\) KiB.*/\1/p' <<<"$stderr")
	[ "${peak:-0}" -le 131072 ] || { printf '%s: %s KiB\n' "$1" "$peak"; return 1; }
	seconds=$(sed -n 's/.*KiB, \([0-9]*\)\..* s$/\1/p' <<<"$stderr")
	[ "${seconds:-9}" -lt "${FAULT_SECONDS:-5}" ] || { printf '%s: %s s\n' "$1" "$seconds"; return 1; }
	[[ "$stderr" != *$'\033'* && "$stderr" != *$'\007'* ]]
	[[ "$stderr" == *127.0.0.1* || "$stderr" == *localhost* || "$2" -eq 0 ]]
	[ "$2" -eq 0 ] || [ -z "$(ls "$KEEP/answers" 2>/dev/null)" ] || { printf '%s: kept something\n' "$1"; return 1; }
}
# asked: the requests of this test so far.
asked() { tail -n +$((LOGGED + 1)) "$BATS_FILE_TMPDIR/hostile.log"; }
# secret_stayed: the password was not sent to where it was led.
secret_stayed() {
	if asked | grep -E '^(GET|HEAD) /(stolen|token|v2/basic)' | grep -F "$SECRET"; then return 1; fi
}

@test "honest answers get through" {
	fault good 0 ''
	fault single 0 ''
	[[ "$output" == '- sha256:'* ]]
	fault token 0 ''
	ask "$HOSTILE/nosuch/cuda" 1
	same "$output" none
	ask "$HOSTILE/good/cuda" --tags
	same "$output" 2
	[ -n "$(ls "$BATS_TEST_TMPDIR/keep.good/answers")" ]
}

@test "A.1: a redirect takes no Authorization along, and does not go round for ever" {
	fault far 0 ''
	asked | grep -q '^GET /stolen -$'
	fault loop 3 'more than 5 redirects'
	secret_stayed
}

@test "A.2: a realm on another host, in this machine or behind a user's name gets no password" {
	fault foreignrealm 3 'access is denied (401)'
	fault userinforealm 3 'access is denied (401)'
	fault mappedrealm 3 'access is denied (401)'
	fault sixrealm 3 'token: http://[::1]:'
	fault metadatarealm 3 'asks for a token from http://169.254.169.254/token'
	fault filerealm 3 'asks for a token from no valid address'
	secret_stayed
}

@test "A.3: a 401 from behind a redirect is not answered with the first host's password" {
	fault farchallenge 3 ''
	asked | grep -q '^GET /v2/basic/cuda/manifests/1 -$'
	secret_stayed
}

@test "A.6: pages without end, in a circle or on another host end" {
	fault pages 3 'its pages do not end' --tags
	fault selfpage 3 'its pages go round in circles' --tags
	fault farpage 3 'its next page is on another host' --tags
	secret_stayed
}

@test "A.7: bodies without end are cut off by kind" {
	fault endless 3 'the answer is larger than 4.0 MiB'
	fault endless 3 'the answer is larger than 8.0 MiB' --tags
	fault manytags 3 'more than 100000 tags' --tags
	fault huge 3 'the answer was cut short'
}

@test "A.8: depth, duplicate keys, large numbers, NUL and broken UTF-8 are refused" {
	local name
	for name in nojson empty array deep duplicate overflow nul escapes badutf8; do
		fault "$name" 3 'protocol: '
	done
}

@test "A.9: a million empty values cost little memory" {
	fault manyitems 3 'more than 250000 values'
	fault shapes 3 'more than 250000 values' --tags
}

@test "A.10: a body that is not what it was asked by, or what its header says, is refused with both digests" {
	fault liesheader 3 'the registry lies: it says sha256:0000'
	[[ "$stderr" == *'the body hashes to sha256:'* ]]
	fault liesbody 3 'the registry lies: it says sha256:'
}

@test "A.11: a config that is too short, too long, another one or without end is refused" {
	local name
	for name in configshort configlong configwrong; do
		KEEP=$BATS_TEST_TMPDIR/keep-$name
		run --separate-stderr timeout 10 "$DRIVE" "$HOSTILE/$name/cuda" 1
		exits 3
		[[ "$stderr" == *'the registry lies: asked for sha256:'* || "$stderr" == *'the answer is larger than '* ]]
		run grep -l 801cfdda "$KEEP"/answers/*
		said_not blobs
	done
	ask "$HOSTILE/configendless/cuda" 1
	exits 3
	[[ "$stderr" == *'the answer is larger than '* ]]
}

@test "A.12: a length that is negative, twice or beside chunks is refused" {
	fault twolengths 3 'broken answer: two different Content-Length'
	fault smuggle 3 'broken answer: Content-Length beside Transfer-Encoding'
	fault negativelength 3 'protocol: '
}

@test "A.13: a digest that is none is refused, in an index and before any request" {
	fault traversal 3 'protocol: '
	fault uppercase 3 'protocol: '
	LOGGED=$(wc -l <"$BATS_FILE_TMPDIR/hostile.log")
	local digest
	for digest in sha256:../../etc "sha256:$(printf 'A%.0s' {1..64})" sha256:00 md5:00; do
		ask "$HOSTILE/good/cuda@$digest" 1
		exits 2
	done
	same "$(asked)" ''
}

@test "A.14: what is an index and an image at once is refused" {
	fault both 3 'is an index and an image at once'
	fault schema1 3 'manifest schema 1 is not supported, only 2'
}

@test "A.15: sizes that are none and an index inside an index are refused" {
	fault negative 3 'protocol: '
	fault fraction 3 'protocol: '
	ask "$HOSTILE/nested/cuda" '--config 1'
	exits 3
	[[ "$stderr" == *'an index inside an index'* ]]
}

@test "A.16: a server that says nothing, or a byte a second, is given up" {
	FAULT_SECONDS=9
	fault silent 3 'stalled: less than 1 KiB/s'
	fault drip 3 'stalled: less than 1 KiB/s'
}

@test "A.17: waits that are absurd, negative, in dates or in text/plain lead nowhere" {
	fault limited 3 'too many requests for now (429), to be asked again after 99999999 s: TOOMANYREQUESTS: pull rate limit'
	fault limiteddate 3 'to be asked again after Fri, 01 Jan 2100 00:00:00 GMT'
	fault limitednegative 3 'too many requests for now (429)'
	fault abuse 3 'to be asked again after 61 s'
	fault unavailable 3 'the registry answers 503'
	[ "$(asked | grep -c unavailable)" -le 5 ]
}

@test "A.18: a body that is cut short is not taken" {
	fault short 3 'the answer was cut short'
	fault closes 3 'closed the connection without an answer'
	fault garbage 3 'protocol: '
}

@test "A.19: heads, hints and challenges without end are refused" {
	fault endlesshead 3 'broken answer: '
	fault hints 3 'broken answer: '
	fault hugechallenge 3 'broken answer: a head without end'
}

@test "A.20: an encoding that was not asked for is refused before it swells" {
	fault gzip 3 'protocol: '
}

@test "A.21: no redirect leads to a file, to ftp, gopher or dict, or into this machine" {
	local name
	for name in file ftp gopher dict; do
		fault "$name" 3 'redirects to something that is not followed'
	done
	fault metadata 3 'redirects into this machine: http://169.254.169.254/latest/meta-data/'
}

@test "A.24: an IPv6 address in brackets is a host; what is no host is refused" {
	ask '[::1]:1/nvidia/cuda' 1
	exits 3
	[[ "$stderr" == *'http://[::1]:1/v2/nvidia/cuda/manifests/1: cannot connect'* ]]
	ask '127.0.0.1%2f@evil.example/cuda' 1
	exits 2
	ask '[::1/cuda' 1
	exits 2
}

@test "A.25: tokens that expire at once or begin tomorrow are used, and renewed once" {
	fault token 0 ''
	fault expired 0 ''
	fault tokenloop 3 'access is denied (401)'
	[ "$(asked | grep -c '^GET /v2/tokenloop')" -le 3 ]
}

@test "A.27: a tag is asked for once, and what it led to is used" {
	fault alternates 0 ''
	same "$(asked | grep -c alternates)" 1
}

@test "A.28: credentials of another host, and a helper that prints garbage, open nothing" {
	local other
	for other in "${HOSTILE}0" "x$HOSTILE" 127.0.0.1 "evil.example/$HOSTILE"; do
		echo "{\"auths\":{\"$other\":{\"auth\":\"$SECRET\"}}}" >"$HOME/.docker/config.json"
		fault basic 3 'wants a login'
	done
	mkdir -p "$HOME/bin"
	printf '#!/bin/sh\nhead -c 1000000 /dev/urandom\n' >"$HOME/bin/docker-credential-garbage"
	chmod +x "$HOME/bin/docker-credential-garbage"
	echo '{"credsStore":"garbage"}' >"$HOME/.docker/config.json"
	PATH=$HOME/bin:$PATH fault basic 3 'wants a login'
	run asked
	said_not "$SECRET"
}

@test "statuses are named, and what they say is fit to be printed" {
	fault forbidden 3 'access is denied (403): DENIED: not ?[31myours'
	fault teapot 3 'the registry answers 418'
	fault nochallenge 3 'answers 401 and asks for nothing that is known here'
}
