#!/usr/bin/env bats
# The HTML page of `matrix`, used in a real browser.
load lib

@test "the page of matrix filters, speaks and is legible in a browser" {
	need_tool chromium
	cudabuild matrix -C "$BATS_TEST_TMPDIR" --format html >"$BATS_TEST_TMPDIR/matrix.html"
	run python3 "$REPO/tests/e2e/matrix_page.py" "$BATS_TEST_TMPDIR/matrix.html" "$BATS_TEST_TMPDIR"
	echo "$output"
	[ "$status" -eq 0 ]
	file "$BATS_TEST_TMPDIR/light.png" "$BATS_TEST_TMPDIR/dark.png" | grep -c 'PNG image data, 1300 x 900' | grep -qx 2
}
