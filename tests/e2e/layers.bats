#!/usr/bin/env bats
# Hostile layers that take seconds; all others are tests/cases/hostile.
load lib

@test "an image with a million members is refused in bounded time and memory" {
	run "$REPO/tests/cases/hostile/run" 'more members than any image has'
	exits 0
	says 'ok 1 - more members'
}
