#!/usr/bin/env python3
"""hostile_rows.py FOLDER [--six] [ROW...]: runs the program against tests/fake/hostile, each case with a home, a cache and a project of its own, several
at a time, and writes FOLDER/ROW: one line per case that was not as it must be. BUILD names the build directory;
UPDATE=1 rewrites hostile.expected, KEEP=1 keeps FOLDER/cases; --six is for a machine without IPv4.

Each case ends within 5 seconds and 128 MiB, with its exit code and the exact text of its error and hint, with no control byte in what it says, no
password in what it says or sends elsewhere, with project and cache as they were, and nothing left in TMPDIR."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fake"))
import importlib.machinery  # noqa: E402
import importlib.util  # noqa: E402
loader = importlib.machinery.SourceFileLoader("hostile", str(HERE.parent / "fake" / "hostile"))
spec = importlib.util.spec_from_loader("hostile", loader)
hostile = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
loader.exec_module(hostile)
import hostile_cases  # noqa: E402

SECONDS, KIB = 5, 128 * 1024
CANARIES = ("canary", "bWU6Y2FuYXJ5", "identity-token")


def is_honest(entry, keeps):
    """Whether a kept answer is an image or index whose digest is in its head, or a page that has done nothing."""
    head, _, body = entry.partition(b"\n\n")
    return keeps and keeps.encode() in head or body in (hostile.breaches.IMAGE, hostile.breaches.LIST) and b"\ndigest " + hostile.breaches.digest(body).encode() + b"\n" in head + b"\n"


def tree(path, keeps=""):
    """Names, modes and contents below a folder; what the honest registry said may be kept beside a breach, and with it its folder."""
    found = {}
    for at in sorted(path.rglob("*")):
        if ".local" in at.parts:
            continue
        if at.name in ("cache", "cudabuild", "answers") and at.is_dir() or at.parent.name == "answers" and is_honest(at.read_bytes(), keeps):
            continue
        kind = at.lstat().st_mode
        found[str(at.relative_to(path))] = (kind, hashlib.sha256(at.read_bytes()).hexdigest() if at.is_file() else "")
    return found


class Run:
    digest_of_file = hostile.breaches.digest(hostile.breaches.LAYER)[7:]

    def __init__(self, case, world, folder, build):
        self.case, self.world, self.build = case, world, build
        self.dir = folder / re.sub(r"[^A-Za-z0-9.]+", "-", case.name)
        self.bad = []

    def fill(self, text):
        return text.replace("{dir}", str(self.dir)).replace("{tls}", str(self.world.tls_folder)).replace(
            "{H}", "127.0.0.1:%d" % self.world.ports["one"]).format_map(self.world.names)

    def prepare(self):
        project, home = self.dir / "p", self.dir / "home"
        (project / "wheels").mkdir(parents=True)
        (project / "wheels" / "torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl").write_text("wheel\n")
        (home / ".docker").mkdir(parents=True)
        (self.dir / "tmp").mkdir()
        images, torch = self.fill(self.case.images), self.fill(self.case.torch)
        (project / "cudabuild.yaml").write_text(
            'schema: 1\nname: small\ntorch: "2.7.1"\npython: "3.10"\nos: ubuntu22.04\ncuda: %s\n'
            "sources: {images: [%s], torch: %s, pypi: wheels, pyg: wheels%s}\n" % (self.case.cuda, images, torch, self.fill(self.case.sources)))
        for name, text in self.case.files.items():
            path = self.dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.fill(text))
            path.chmod(0o755 if text.startswith("#!") else 0o600)
        for name, source in self.case.copies.items():
            path = self.dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((self.world.tls_folder / source).read_bytes())
        for name, mode in self.case.modes.items():
            (self.dir / name).chmod(mode)

    def environment(self):
        home = str(self.dir / "home")
        env = {"HOME": home, "XDG_CACHE_HOME": home + "/cache", "XDG_CONFIG_HOME": home + "/config", "TMPDIR": str(self.dir / "tmp"),
               "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "CUDABUILD_STALL_TIMEOUT": "1s", "CUDABUILD_CONNECT_TIMEOUT": "1s",
               "CUDABUILD_NETWORK_TIMEOUT": "3s", "DOCKER_HOST": "unix:///none"}
        env.update({name: self.fill(value) for name, value in self.case.env.items()})
        return env

    def start(self):
        words = [self.fill(word) for word in self.case.command]
        out, err = open(self.dir / "out", "wb"), open(self.dir / "err", "wb")
        began = time.monotonic()
        child = subprocess.Popen(["/usr/bin/time", "-q", "-f", "%M", "-o", str(self.dir / "peak"), *self.case.before, str(self.build / "cudabuild"), *words], cwd=self.dir / "p", env=self.environment(), stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=err, start_new_session=True)
        deadline = began + 4 * SECONDS
        while True:
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                os.killpg(child.pid, 9)
            time.sleep(0.01)
        self.seconds, self.code = time.monotonic() - began, os.waitstatus_to_exitcode(status)
        self.kib = int(((self.dir / "peak").read_text().split() or ["0"])[-1])
        child.returncode = self.code
        self.out, self.err = (self.dir / "out").read_bytes(), (self.dir / "err").read_bytes()

    def requests(self):
        """Those that hold the case's breach in their path."""
        with self.world.lock:
            return [line for line in self.world.log if self.case.breach and self.case.breach in line["path"].split("/")]

    def shown(self):
        """What it said in the end, with ports and folders by name: as it stands in hostile.expected."""
        text = self.err.decode("utf-8", "replace")
        error = re.search(r"^cudabuild[^:]*: error: (.*)$", text, re.M)
        hint = re.search(r"^hint: (.*)$", text, re.M)
        lines = ["%s %s: exit %s" % (self.case.row, self.case.name, self.code), error and error.group(1), hint and "hint: " + hint.group(1)]
        if self.case.command[0] == "catalog":
            lines += [line for line in (self.out.decode() + text).split("\n") if line.startswith("lock:")]
        text = "\n  ".join(line for line in lines if line) + "\n"
        for name, port in sorted(self.world.ports.items()):
            text = text.replace(":%d" % port, ":{%s}" % name.replace("-", "_")) if port else text
        text = re.sub(r"the clock here says [0-9-]{10} [0-9:]{5} UTC", "the clock here says {now}", text)
        text = re.sub(r"the clock here is [0-9hmd]+ ", "the clock here is {time} ", text)
        return text.replace("127.0.0.1:{one}", "{H}").replace(str(self.dir), "{dir}")

    def check_said(self):
        text = self.err.decode("utf-8", "replace")
        for part in self.case.notes:
            if self.fill(part) not in text:
                self.bad.append("not said: %s, but\n%s" % (self.fill(part), text))
        if any(byte < 32 and byte != 10 or byte == 127 for byte in self.err + self.out) or re.search("[\u0080-\u009f\u202a-\u202e\u2066-\u2069]", text):
            self.bad.append("control characters in %r" % self.err)
        for secret in CANARIES:
            if secret.encode() in self.err + self.out:
                self.bad.append("says a secret: %s" % text)
        if self.case.code > 2 and not (re.search(r"127\.0\.0\.1|localhost|\[::1\]|198\.51|2001:db8|\.test|\.invalid|\.example|docker\.com|docker\.io", text)):
            self.bad.append("names no host: %s" % text)

    def check_sent(self):
        for line in self.requests():
            text = json.dumps(line["headers"])
            if "Cookie" in line["headers"]:
                self.bad.append("sends a cookie: %s" % line)
            if line["headers"].get("Accept-Encoding", "identity") != "identity":
                self.bad.append("asks for an encoding: %s" % line)
            away = "stolen" in line["path"] or line["port"] == "two" or line["headers"].get("Host", "").startswith(("localhost", "[::"))
            if away and (any(secret in text for secret in CANARIES) or "abc" in line["headers"].get("Authorization", "")):
                self.bad.append("a secret went astray: %s" % line)
        if self.case.check:
            said = self.case.check(self.requests(), self)
            if said:
                self.bad.append(said)

    def once(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        self.bad = []
        self.prepare()
        for words in self.case.first:
            subprocess.run([str(self.build / "cudabuild"), *[self.fill(w) for w in words]], cwd=self.dir / "p", env=self.environment(), stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20)
        keeps = self.case.keeps
        before = tree(self.dir / "p"), tree(self.dir / "home", keeps)
        self.start()
        self.check_said()
        if self.code != self.case.code:
            self.bad.append("exit %s and not %s: %s" % (self.code, self.case.code, self.err.decode("utf-8", "replace")))
        if self.kib > KIB:
            self.bad.append("takes %d KiB" % self.kib)
        if self.case.code > 1 and before != (tree(self.dir / "p"), tree(self.dir / "home", keeps)):
            self.bad.append("project or cache are not as they were")
        if list((self.dir / "tmp").iterdir()):
            self.bad.append("leaves something in TMPDIR")
        self.check_sent()
        return self.seconds > SECONDS

    def run(self):
        try:
            if self.once() and self.once():  # a second try, should the machine have been busy
                self.bad.append("takes %.1f s" % self.seconds)
        except (OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
            self.bad.append("cannot be run: %r" % error)
        return self


def expected():
    """The sections of hostile.expected by their first words."""
    sections = re.split(r"^(?=\S)", (HERE / "hostile.expected").read_text(), flags=re.M) if (HERE / "hostile.expected").exists() else []
    return {section.split(":")[0]: section for section in sections if section.strip()}


def main():
    folder, only = pathlib.Path(sys.argv[1]), sys.argv[2:]
    build = pathlib.Path(os.environ["BUILD"]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tls").mkdir(parents=True)
    alone = "--six" in only
    world = hostile.World(folder / "tls", alone)
    world.tls_folder = folder / "tls"
    world.names = {name.replace("-", "_"): str(port) for name, port in world.ports.items()}
    cases = hostile_cases.only_six(world) if alone else hostile_cases.cases(world)
    cases = [case for case in cases if alone or not only or case.row in only or case.name in only]
    want, said = expected(), {}
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        for run in pool.map(Run.run, [Run(case, world, folder / "cases", build) for case in cases]):
            key = "%s %s" % (run.case.row, run.case.name)
            said[key] = run.shown()
            if not run.case.says:
                said[key] = "%s: not the same everywhere\n" % key
            elif said[key] != want.get(key, "") and "UPDATE" not in os.environ:
                run.bad.append("says\n%s  and not\n%s" % (said[key], want.get(key, "  nothing that is expected\n")))
            with open(folder / run.case.row, "a") as out:
                out.write("%s %s: %.2f s, %d KiB, %d requests\n" % ("bad" if run.bad else "ok", run.case.name, run.seconds, run.kib, len(run.requests())))
                for line in run.bad:
                    out.write("  " + line.rstrip().replace("\n", "\n  ") + "\n")
    if "UPDATE" in os.environ:
        want.update(said)
        order = ["%s %s" % (case.row, case.name) for case in [*hostile_cases.cases(world), *hostile_cases.only_six(world)]]
        (HERE / "hostile.expected").write_text("".join(want[key] for key in order if key in want))
    if "KEEP" not in os.environ:
        shutil.rmtree(folder / "cases", ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
