#!/usr/bin/env bats
# What servers may do to their clients, row by row of the threat list A (tests/README.md has the table), and beyond it. All cases run once, several
# at a time, in setup_file: hostile_rows.py is the runner, hostile_cases.py the cases, hostile.expected what each must say, tests/fake/hostile the
# servers. Every case ends within five seconds and 128 MiB, says what is expected and nothing secret, and leaves cache and project as they were.
# To add one: a breach in tests/fake/breaches.py, a line in hostile_cases.py, then
#   UPDATE=1 BUILD=build tests/e2e/hostile_rows.py /tmp/rows NAME
# and a look at what came into hostile.expected.

load lib

setup_file() {
	need_tool python3 openssl
	export ROWS=$BATS_FILE_TMPDIR/rows
	python3 -B "$REPO/tests/e2e/hostile_rows.py" "$ROWS" 3>&-
}

# row NAME: all cases of the row went as they must.
row() {
	[ -s "$ROWS/$1" ] || { echo "no case of $1 ran"; return 1; }
	awk '/^(ok|bad) / { bad = /^bad/; any += bad } bad; END { exit any > 0 }' "$ROWS/$1"
}

@test "A.1: a redirect takes no login, cookie or netrc along, goes round five times at most and never from https to http" { row A.1; }
@test "A.2: a realm on another host or port, in this machine, behind a user's name or without TLS gets no password" { row A.2; }
@test "A.3: a 401 from where a registry redirects to is not answered" { row A.3; }
@test "A.4: what an engine is given, with a login or a build's files, is not given to whom it redirects to" { row A.4; }
@test "A.5: layers and configs that are to be fetched from elsewhere are refused" { row A.5; }
@test "A.6: pages without end, in circles or elsewhere end; a token that expires in mid-list is renewed" { row A.6; }
@test "A.7: manifests, tags, tokens, pages and errors without end are cut off by kind" { row A.7; }
@test "A.8: depth, duplicate keys, large numbers, NUL and broken UTF-8 are refused" { row A.8; }
@test "A.9: a million empty values, links or attributes cost little memory and time" { row A.9; }
@test "A.10: a body that is not what was asked for, or not what its header says, is refused with both digests" { row A.10; }
@test "A.11: configs and layers that are too short, too long, another or without end are refused, and leave nothing" { row A.11; }
@test "A.12: a length that is negative, twice, a list, signed, too large or beside chunks is refused" { row A.12; }
@test "A.13: a digest that is none is refused, in an index and before any request" { row A.13; }
@test "A.14: what is an index and an image at once, or not what its type says, is refused" { row A.14; }
@test "A.15: sizes that are none and indexes nested three deep are refused" { row A.15; }
@test "A.16: who is silent, drips, stalls in TLS or takes no connection is given up, and all questions together have their time" { row A.16; }
@test "A.17: waits that are absurd, negative, dates or text lead nowhere; short ones are obeyed and shown; no POST is sent twice" { row A.17; }
@test "A.18: what breaks off goes on by Range where it is the same file, and is refused where it is not" { row A.18; }
@test "A.19: heads, header lines, hints, challenges and trailers without end are refused" { row A.19; }
@test "A.20: no encoding is asked for, and one that comes all the same is refused before it swells" { row A.20; }
@test "A.21: no redirect leads to a file, a socket, another scheme, a link-local address or to what is no URL" { row A.21; }
@test "A.22: each unsound certificate is named with its mend; a private CA is trusted where it is named, for its host" { row A.22; }
@test "A.23: proxies are used as the environment says, and their password is shown nowhere" { row A.23; }
@test "A.24: an IPv6 address is a host, a dead one is passed by; what is no host is refused" { row A.24; }
@test "A.25: tokens that are expired or not yet valid are used and renewed once; a clock that is off is named" {
	row A.25
	command -v faketime >/dev/null || unavailable 'faketime is not installed'
}
@test "A.26: a tag that moved is not followed, and both digests are named" { row A.26; }
@test "A.27: a tag is asked for once, everything else by digest" { row A.27; }
@test "A.28: logins of other hosts and helpers that fail, hang or may be changed by others open nothing; open files are warned of" { row A.28; }
@test "beyond: odd statuses, injections, links and times are refused or named" { row beyond; }

@test "A.24: all of it without IPv4" {
	unshare -n true 2>/dev/null || unavailable 'no network namespace can be made here'
	export ROWS=$BATS_TEST_TMPDIR/rows
	unshare -n bash -c 'ip link set lo up && ip addr del 127.0.0.1/8 dev lo && ip -6 addr show dev lo | grep -q ::1 && exec python3 -B "$@"' - \
		"$REPO/tests/e2e/hostile_rows.py" "$ROWS" --six || unavailable 'there is no IPv6 here'
	row A.24-only
}
