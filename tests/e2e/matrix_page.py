#!/usr/bin/env python3
"""matrix_page.py PAGE PICTURES: opens a page of `cudabuild matrix --format html` in headless Chromium and uses it as people do.

Speaks Chromium's own protocol over a pipe. Checks: no request but the page itself, nothing on the console, filters by
torch, CUDA, Python, GPU and driver, arrow keys, what a screen reader is told, contrast of every word in light and in dark.
Leaves PICTURES/light.png and PICTURES/dark.png. Prints one line per check; exit 1 after the first that fails."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile


class Browser:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()
        os.set_inheritable(to_read, True)
        os.set_inheritable(from_write, True)

        def arrange():
            # 3 and 4 are the protocol's; the copies go through numbers far away, so that none is overwritten.
            a, b = os.dup2(to_read, 100), os.dup2(from_write, 101)
            os.dup2(a, 3)
            os.dup2(b, 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--disable-extensions",
             "--disable-background-networking", "--no-first-run", "--user-data-dir=" + self.folder],
            preexec_fn=arrange, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.number, self.rest, self.events, self.session = 0, b"", [], None

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self):
        while b"\0" not in self.rest:
            more = os.read(self.back, 1 << 16)
            if not more:
                raise RuntimeError("the browser ended")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, name):
        for event in self.events:
            if event.get("method") == name:
                self.events.remove(event)
                return
        while True:
            event = self.read()
            if event.get("method") == name:
                return
            self.events.append(event)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", "?"))
        return result["result"].get("value")

    def key(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"ArrowRight": 39, "ArrowDown": 40, "ArrowLeft": 37, "ArrowUp": 38, "Tab": 9, "Enter": 13}[key])


def check(what, holds, seen=""):
    print(("ok: " if holds else "not ok: ") + what + (f" ({seen})" if not holds else ""))
    if not holds:
        sys.exit(1)


CELL = """(torch, cuda, sparse) => {
    const b = [...document.querySelectorAll("tbody button")].find(b => b.row.torch === torch && b.row.cuda === cuda && b.row.sparse === sparse);
    return b ? b.textContent + "|" + b.className + "|" + b.getAttribute("aria-label") : "none";
}"""
CONTRAST = """() => {
    const parse = c => c.match(/[\\d.]+/g).map(Number);
    const light = c => { const [r, g, b] = parse(c).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
    const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (parse(c).length < 4 || parse(c)[3] > 0) return c; } return getComputedStyle(document.body).backgroundColor; };
    let worst = [99, ""];
    for (const e of document.querySelectorAll("h1, h2, p, label, th, caption, li, b, button, #detail *, #count")) {
        if (!e.checkVisibility() || !e.textContent.trim()) continue;
        const a = light(getComputedStyle(e).color), b = light(ground(e));
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (ratio < worst[0]) worst = [ratio, e.tagName + " " + e.className + " " + e.textContent.slice(0, 30)];
    }
    return worst;
}"""


def with_filters(b, page, hash_):
    b.call("Page.navigate", url="about:blank")
    b.wait("Page.loadEventFired")
    b.call("Page.navigate", url="file://" + page + hash_)
    b.wait("Page.loadEventFired")


def cell(b, *versions):
    return b.run("(%s)(%s)" % (CELL, ", ".join(json.dumps(v) for v in versions)))


def check_filters(b, page):
    with_filters(b, page, "")
    every = b.run('document.querySelectorAll("tbody tr").length')
    check("without filters there are rows of every torch", every > 100, every)
    check("each filter has its name and its choices", b.run('["torch", "cuda", "python", "gpu"].every(n => document.forms[0].elements[n].options.length > 8 && document.forms[0].elements[n].labels.length === 1)'))
    with_filters(b, page, "#torch=2.7&cuda=12.8&gpu=A100&driver=535.104.05")
    check("torch and CUDA filter rows", b.run('[...document.querySelectorAll("tbody tr")].map(r => r.cells[0].textContent + " " + r.cells[1].textContent).join()') == "2.7.1 12.8,2.7.0 12.8")
    check("an A100 is native there", cell(b, "2.7.1", "12.8", "0.6.18").startswith("native|native|native: machine code for 8.0"), cell(b, "2.7.1", "12.8", "0.6.18"))
    with_filters(b, page, "#gpu=12.0&driver=575.57&torch=2.7&all=1")
    check("PTX alone is JIT", cell(b, "2.7.1", "12.8", "0.6.18").startswith("JIT|JIT|JIT: no machine code for 12.0"), cell(b, "2.7.1", "12.8", "0.6.18"))
    check("no kernels is no, with the reason", cell(b, "2.7.1", "12.6", "0.6.18").startswith("no|no|no: torch 2.7.1 for CUDA 12.6 has no kernels"), cell(b, "2.7.1", "12.6", "0.6.18"))
    with_filters(b, page, "#gpu=12.0&driver=530.30&torch=2.7&all=1")
    check("where the driver refuses PTX it must be compiled", cell(b, "2.7.1", "12.8", "0.6.18").startswith("source|source|source: no wheel for this GPU"), cell(b, "2.7.1", "12.8", "0.6.18"))
    with_filters(b, page, "#driver=450.36.06&torch=2.7&all=1")
    check("a driver below the least is no", "is older than" in cell(b, "2.7.1", "12.8", "0.6.18"), cell(b, "2.7.1", "12.8", "0.6.18"))
    with_filters(b, page, "#python=3.14&torch=2.7&all=1")
    check("a Python that torch lacks is no", "no Python 3.14" in cell(b, "2.7.1", "12.8", "0.6.18"), cell(b, "2.7.1", "12.8", "0.6.18"))
    b.run('document.forms[0].elements.driver.value = "x"; document.forms[0].elements.driver.dispatchEvent(new Event("input", {bubbles: true}))')
    check("a driver that is none is said", "535.104.05" in b.run('document.getElementById("driver-fault").textContent'))


def check_keys(b, page):
    with_filters(b, page, "#torch=2.7&all=1")
    b.run('document.querySelector("[role=region]").focus()')
    b.key("Tab")
    first = b.run('document.activeElement.row && document.activeElement.row.sparse')
    check("Tab comes from the region to the first cell", first == "0.6.18", first)
    check("the table is one stop for Tab", b.run('document.querySelectorAll("tbody [tabindex=\\"0\\"]").length') == 1)
    b.key("ArrowRight")
    check("the right arrow goes to the next torch_sparse", b.run("document.activeElement.row.sparse") == "0.6.17")
    b.key("ArrowDown")
    check("the down arrow goes to the next CUDA", b.run("document.activeElement.row.sparse + ' ' + document.activeElement.row.cuda") == "0.6.17 12.6")
    check("the chosen cell's reason is shown below", "torch_sparse 0.6.17" in b.run('document.getElementById("detail").textContent'))
    tree = b.call("Accessibility.getFullAXTree")["nodes"]
    roles = [(n.get("role", {}).get("value"), n.get("name", {}).get("value")) for n in tree]
    check("a screen reader finds a table", any(r == "table" for r, _ in roles))
    check("with column and row headers", ("columnheader", "0.6.18") in roles and ("rowheader", "2.7.1") in roles)
    check("cells that say more than their colour", any(r == "button" and n and n.startswith("source: no wheel") for r, n in roles))
    check("filters with names", ("combobox", "GPU") in roles and ("textbox", "Driver") in roles)


def check_looks(b, page, pictures):
    b.call("Emulation.setDeviceMetricsOverride", width=1300, height=900, deviceScaleFactor=1, mobile=False)
    for scheme in ("light", "dark"):
        b.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        with_filters(b, page, "#gpu=RTX 5090&driver=575.57&torch=" + ("" if scheme == "light" else "2.7&all=1"))
        b.run('document.querySelector("tbody button").click()')
        ratio = b.run("(%s)()" % CONTRAST)
        check(f"every word has a contrast of 4.5 or more: {scheme}", ratio[0] >= 4.5, ratio)
        picture = b.call("Page.captureScreenshot", format="png")["data"]
        with open(os.path.join(pictures, scheme + ".png"), "wb") as out:
            out.write(base64.b64decode(picture))
    check("dark is dark", b.run("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)")
    b.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    check("a narrow window scrolls the table alone", b.run("document.documentElement.scrollWidth <= 400"), b.run("document.documentElement.scrollWidth"))


def main():
    page, pictures = os.path.realpath(sys.argv[1]), sys.argv[2]
    b = Browser(shutil.which("chromium") or shutil.which("google-chrome") or "chromium")
    try:
        target = b.call("Target.createTarget", url="about:blank")["targetId"]
        b.session = b.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            b.call(domain + ".enable")
        check_filters(b, page)
        check_keys(b, page)
        check_looks(b, page, pictures)
        asked = {e["params"]["request"]["url"].split("#")[0] for e in b.events if e.get("method") == "Network.requestWillBeSent"}
        check("nothing is requested but the page", asked <= {"about:blank", "file://" + page}, asked)
        said = [e for e in b.events if e.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]
        check("nothing is complained of", not said, said)
    finally:
        b.close()


main()
