"""live.py — how often a live resolve waits for the network: twelve variants with two bases each, against tests/fake/world, whose every
answer takes 100 ms, beside skopeo looking at the same images. Delays and requests are counted by the server."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

REPO = pathlib.Path(__file__).resolve().parents[2]
DELAY_MS, COLD, WARM, LOCKED = 100, 6, 1, 0
VARIANTS = """1.12.1 10.2 3.8, 1.9.1 11.1 3.8, 1.12.1 11.3 3.9, 1.13.1 11.6 3.10, 1.13.1 11.7 3.10, 2.2.2 11.8 3.11, 2.4.1 12.1 3.11,
2.5.1 12.4 3.11, 2.6.0 12.6 3.11, 2.7.1 12.8 3.12, 2.8.0 12.9 3.12, 2.9.1 13.0 3.12"""


def manifest():
    lines = ["schema: 1", "name: live", 'torch_sparse: ">=0.6"', "build: {wheels: never}", "variants:"]
    for n, one in enumerate(VARIANTS.replace("\n", " ").split(","), 1):
        torch, cuda, python = one.split()
        lines.append(f'  v{n}: {{torch: "{torch}", cuda: "{cuda}", python: "{python}"}}')
    return "\n".join(lines) + "\n"


class World:
    def __init__(self, python, folder):
        self.process = subprocess.Popen([python, REPO / "tests/fake/world", "--delay", str(DELAY_MS), "--tls", folder, "--seconds", "300"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def get(self, what):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return opener.open(f"http://127.0.0.1:{self.port}/{what}").read()

    def during(self, command, env, **options):
        """(delays, requests, seconds) that a command takes."""
        self.get("reset")
        start = time.monotonic()
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
        seconds = time.monotonic() - start
        if done.returncode:
            sys.exit(f"bench: {' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.strip()[-400:]}")
        count = json.loads(self.get("count"))
        return count["rounds"], count["requests"], seconds


def images(lock):
    names = set()
    for variant in json.loads(lock.read_text())["variants"]:
        for which in "base", "devel":
            names.add(f"{variant[which]['repository']}:{variant[which]['tag']}")
    return sorted(names)


def measure(build, tools):
    """The section's text, and findings: (limit, kept, measured)."""
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        (work / "tls").mkdir()
        world = World(tools / "python" if (tools / "python").exists() else sys.executable, work / "tls")
        env = {"HOME": str(work / "home"), "PATH": "/usr/bin:/bin", "https_proxy": f"http://127.0.0.1:{world.port}",
               "SSL_CERT_FILE": str(work / "tls/ca.crt"), "PIP_INDEX_URL": "https://index.example/simple"}
        try:
            return compare(world, build, work, env)
        finally:
            world.process.terminate()
            world.process.wait()


def compare(world, build, work, env):
    (work / "cudabuild.yaml").write_text(manifest())
    command = [build / "cudabuild", "-q", "generate", "-C", work]
    rows = [("first run", *world.during(command, env))]
    names = images(work / "cudabuild.lock")
    (work / "cudabuild.lock").unlink()
    rows.append(("second run, what was answered is kept", *world.during(command, env)))
    rows.append(("with the lock", *world.during(command, env)))
    limits = [("first run", COLD), ("second run", WARM), ("with the lock", LOCKED)]
    findings = [(f"live resolve, {name}: at most {limit} delays", row[1] <= limit, f"{row[1]} delays")
                for (name, limit), row in zip(limits, rows)]
    findings.append(("live resolve with the lock: no request", rows[2][2] == 0, f"{rows[2][2]} requests"))
    if shutil.which("skopeo"):
        script = " && ".join(f"skopeo inspect --no-tags docker://{name} >/dev/null" for name in names if re.fullmatch(r"[\w./:-]+", name))
        rows.append((f"skopeo inspect, {len(names)} times, one after the other", *world.during(["sh", "-c", script], env)))
        script = " & ".join(f"skopeo inspect --no-tags docker://{name} >/dev/null" for name in names) + "; wait"
        rows.append((f"skopeo inspect, {len(names)} times, all at once", *world.during(["sh", "-c", script], env)))
    text = f"\n## Live resolve\n\nTwelve variants with {len(names)} base images, their wheels and archives, from a server that answers each request " \
           f"after {DELAY_MS} ms; it counts requests and delays (the longest chain of them).\n\n"
    text += "| command | delays | requests | time |\n|---|---|---|---|\n"
    for name, delays, requests, seconds in rows:
        text += f"| {name if 'skopeo' in name else 'cudabuild generate, ' + name} | {delays} | {requests} | {seconds:.2f} s |\n"
    if not shutil.which("skopeo"):
        text += "\nskopeo is not installed: nothing to compare with.\n"
    return text, findings


if __name__ == "__main__":
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    out, found = measure(REPO / os.environ.get("BUILD", "build"), home / "cudabuild-tests/venv/bin")
    print(out)
    for limit in found:
        print(*limit)
    sys.exit(not all(kept for _, kept, _ in found))
