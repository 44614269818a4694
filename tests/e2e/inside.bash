# inside.bash — an image in which the probe can start and whose interpreter is inside.c; the rows of a report.
# shellcheck shell=bash disable=SC2034,SC2154 # INSIDE is for the tests

# inside_tar FILE [PROGRAM]: the root of such an image: this machine's C library, a torch that is sound to whoever reads its
# bytes (tests/cases/inspect/world.py), and PROGRAM (made from inside.c without) as python3.
inside_tar() {
	local root=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/inside-root library
	rm -rf "$root"
	mkdir -p "$root/usr/bin" "$root/usr/lib/x86_64-linux-gnu" "$root/tmp" "$root/data" "$root/etc" "$root/run" "$root/lib64"
	ln -s usr/lib "$root/lib"
	for library in libc.so.6 libdl.so.2 libm.so.6 libpthread.so.0 librt.so.1 libstdc++.so.6 libgcc_s.so.1 ld-linux-x86-64.so.2; do
		cp "$(realpath "/lib/x86_64-linux-gnu/$library")" "$root/usr/lib/x86_64-linux-gnu/$library"
	done
	ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$root/lib64/ld-linux-x86-64.so.2"
	if [ ! -e "$BATS_FILE_TMPDIR/inside-torch.tar" ]; then
		python3 - "$REPO/tests/cases/inspect" "$BATS_FILE_TMPDIR" <<-'EOP'
			import os, pathlib, shutil, subprocess, sys
			sys.path.insert(0, sys.argv[1])
			import world
			parts, root = sys.argv[2] + "/inside-parts", sys.argv[2] + "/inside-torch"
			os.mkdir(parts)
			world.use_python("3.11")
			tree = world.World(world.Maker(parts), root, "2.7.1+cu128", (12, 8))
			for path in pathlib.Path(tree.path(world.SITE)).iterdir():
			    if path.name.startswith(("torch_", "scipy")):
			        shutil.rmtree(path)
			subprocess.run(["tar", "-C", root, "-cf", root + ".tar", world.SITE], check=True)
		EOP
	fi
	tar -C "$root" -xf "$BATS_FILE_TMPDIR/inside-torch.tar"
	if [ -n "${2:-}" ]; then
		cp "$2" "$root/usr/bin/python3"
	else
		gcc -std=gnu11 -O1 -static -s -o "$root/usr/bin/python3" "$REPO/tests/e2e/inside.c"
	fi
	tar -C "$root" -cf "$1" .
}

# checks FILTER: that of the rows of the report, one per line.
checks() { jq -r ".checks[] | $1" "$BATS_TEST_TMPDIR/r.json"; }

# INSIDE: what inside.c must find.
INSIDE='inside.capabilities pass
inside.capabilities.bounding pass
inside.capabilities.permitted pass
inside.new-privileges pass
inside.seccomp pass
inside.gpus pass
inside.memory/tmp pass
inside.memory/data pass
inside.memory/dev/shm pass
inside.read-only/w pass
inside.read-only/etc/w pass
inside.read-only/run/w pass
inside.read-only/cudabuild-probe/w pass
inside.read-only/usr/w pass
inside.files pass
inside.mounts pass
inside.network.devices pass
inside.network pass
inside.pids pass
inside.memory pass'
