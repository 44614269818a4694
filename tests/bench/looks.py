"""looks.py — how fast and in how little memory libraries, images and environments are looked at, each beside another tool in the
same run: cuobjdump, bsdtar on the same pipe, torch-abi-audit. The parts are gigabytes: tests/bench/parts fetches them, and what is
not there is left out by name."""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "cudabuild-tests"
PARTS = CACHE / "parts"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
MIB = 1 << 20


def filled(path):
    """Bytes of a sparse file that are no hole. (Its blocks are counted twice while they are written back.)"""
    total = at = 0
    fd = os.open(path, os.O_RDONLY)
    try:
        while True:
            start = os.lseek(fd, at, os.SEEK_DATA)
            at = os.lseek(fd, start, os.SEEK_HOLE)
            total += at - start
    except OSError:  # behind the last byte
        return total
    finally:
        os.close(fd)


class Kept(threading.Thread):
    """Looks again and again at the nameless temporary files of a process and its children: the most bytes they had."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0, False
        self.start()

    def of(self, pid):
        total = 0
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                path = f"/proc/{pid}/fd/{fd}"
                if os.readlink(path).endswith("(deleted)"):
                    total += filled(path)
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
                return total + sum(self.of(child) for child in f.read().split())
        except OSError:
            return total

    def run(self):
        while not self.over:
            self.most = max(self.most, self.of(self.pid))
            time.sleep(0.003)


def run(command, stdin=None):
    """Seconds, peak MiB, kept MiB of a command; None where it fails (1 is a finding)."""
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as used:
        start = time.monotonic()
        p = subprocess.Popen(["/usr/bin/time", "-f", "%M", "-o", used.name, *map(str, command)], stdin=stdin or subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        kept = Kept(p.pid)
        status = p.wait()
        seconds = time.monotonic() - start
        kept.over = True
        kept.join()
        if status not in (0, 1):
            return None
        return seconds, int(used.read().split()[-1]) / 1024, kept.most / MIB


def in_turns(commands, rounds, first=True):
    """Each command a number of times, by turns; the first round warms the files and does not count."""
    samples = {name: [] for name in commands}
    for n in range(rounds + first):
        for name, command in commands.items():
            one = command() if callable(command) else run(command)
            if one is None:
                return None
            if n >= first:
                samples[name].append(one)
    return samples


def median(samples):
    return statistics.median(s[0] for s in samples)


def row(name, samples):
    seconds, memory, kept = sorted(s[0] for s in samples), max(s[1] for s in samples), max(s[2] for s in samples)
    return f"| {name} | {statistics.median(seconds):.2f} s | {seconds[0]:.2f} - {seconds[-1]:.2f} s | {memory:.0f} MiB" + (
        f" + {kept:.0f} MiB kept" if kept >= 1 else "") + f" | {len(seconds)} |\n"


def look_at_library(build):
    library, tools = PARTS / "lib/libtorch_cuda.so", sorted((CACHE / "cuobjdump").glob("12.4/cuobjdump"))
    if not library.exists() or not tools:
        return "", [], f"no {library if tools else 'cuobjdump 12.4'}"
    show = build / "tests/inspect/show"
    size = library.stat().st_size / 1e9
    ours, theirs = f"show, all of a library of {size:.1f} GB", "cuobjdump -lelf, the same"
    samples = in_turns({ours: [show, library], theirs: [tools[0], "-lelf", library]}, ROUNDS)
    if not samples:
        return "", [], "the library: a command failed"
    times, peak = median(samples[theirs]) / median(samples[ours]), max(s[1] + s[2] for s in samples[ours])
    findings = [("library of 1.2 GB: below 1 s", median(samples[ours]) < 1, f"{median(samples[ours]):.2f} s"),
                ("library: at least 20 times as fast as cuobjdump", times >= 20, f"{times:.0f} times"),
                ("library: below 64 MiB", peak < 64, f"{peak:.0f} MiB")]
    return "".join(row(name, values) for name, values in samples.items()), findings, None


def saved(docker, image, reader, relay, work):
    """docker save | relay | reader: seconds from the first byte to the reader's end, peak, kept, bytes."""
    stamp = os.path.join(work, "stamp")
    with subprocess.Popen([docker, "save", image], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as save:
        with subprocess.Popen([relay, stamp], stdin=save.stdout, stdout=subprocess.PIPE) as pump:
            save.stdout.close()
            one = run(reader, pump.stdout)
            end = time.monotonic()
            pump.stdout.close()
    if one is None:
        return None
    with open(stamp, encoding="ascii") as f:
        first, size = map(int, f.read().split())
    return end - first / 1e9, one[1], one[2], size


def the_image(docker):
    for name in (os.environ.get("BENCH_IMAGE"), "real-wheels:cu130", "cudabuild-bench:torch"):
        if name and subprocess.run([docker, "images", "-q", name], capture_output=True, text=True, check=False).stdout.strip():
            return name
    return None


def look_at_image(build, work):
    docker = next((p for p in ("/usr/bin/docker", shutil.which("docker")) if p and os.access(p, os.X_OK)), None)
    image = docker and the_image(docker)
    if not image or not shutil.which("bsdtar"):
        return "", [], "no image cudabuild-bench:torch in the engine" if shutil.which("bsdtar") else "no bsdtar"
    relay = os.path.join(work, "relay")
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-o", relay, REPO / "tests/bench/relay.c"], check=True)
    readers = {"docker save \\| cudabuild inspect -": [build / "worker", "-q", "inspect", "-"],
               "docker save \\| bsdtar -tf -": [shutil.which("bsdtar"), "-tf", "-"]}
    samples = in_turns({name: lambda r=reader: saved(docker, image, r, relay, work) for name, reader in readers.items()},
                       max(2, ROUNDS // 2), first=False)
    if not samples:
        return "", [], "the image: a command failed"
    (ours, theirs), size = samples, next(iter(samples.values()))[0][3]
    rate, peak = median(samples[theirs]) / median(samples[ours]), max(s[1] + s[2] for s in samples[ours])
    findings = [(f"image of {size / 1e9:.1f} GB from docker save: at least 0.7 of bsdtar's rate", rate >= 0.7, f"{rate:.2f}"),
                ("image: below 96 MiB, bytes kept in temporary files counted", peak < 96, f"{peak:.0f} MiB")]
    return "".join(row(f"{name}, {size / 1e9:.1f} GB, from the first byte on", values) for name, values in samples.items()), findings, None


def look_at_environment(build):
    env, audit = PARTS / "torch", PARTS / "audit/bin/torch-abi-audit"
    if not (env / "done").exists() or not audit.exists():
        return "", [], f"no {env} or {audit}"
    site = next(env.glob("lib/python3*/site-packages"))
    ours, theirs = "cudabuild inspect, an environment with torch 2.11", "torch-abi-audit, the same"
    samples = in_turns({ours: [build / "cudabuild", "-q", "inspect", env], theirs: [audit, "--site-packages", site]}, ROUNDS)
    if not samples:
        return "", [], "the environment: a command failed"
    times = median(samples[theirs]) / median(samples[ours])
    findings = [("environment: at least 5 times as fast as torch-abi-audit", times >= 5, f"{times:.1f} times")]
    return "".join(row(name, values) for name, values in samples.items()), findings, None


def measure(build):
    """The section's text, and findings: (limit, kept, measured)."""
    where = os.path.relpath(build, REPO)
    subprocess.run(["make", "-s", f"BUILD={where}", f"{where}/tests/inspect/show"], cwd=REPO, check=True)
    rows, findings, left_out = "", [], []
    with tempfile.TemporaryDirectory() as work:
        for some, limits, why in (look_at_library(build), look_at_environment(build), look_at_image(build, work)):
            rows += some
            findings += limits
            left_out += [why] if why else []
    text = "\n## Looking at bytes\n\nWarm files, commands by turns. `docker save` writes the whole image to its own disk before the first byte comes; " \
           "both readers are timed from there on.\n\n"
    if rows:
        text += "| command | median | lowest - highest | peak memory | runs |\n|---|---|---|---|---|\n" + rows
    for why in left_out:
        text += f"\nLeft out: {why} (`make bench-parts`).\n"
    return text, findings


if __name__ == "__main__":
    out, found = measure(REPO / os.environ.get("BUILD", "build"))
    print(out)
    for limit in found:
        print(*limit)
    sys.exit(not all(kept for _, kept, _ in found))
