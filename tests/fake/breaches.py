"""What the servers of tests/fake/hostile say: the breaches by name. Registry is everything that is asked over HTTP, Proxy a CONNECT proxy."""
import base64
import gzip
import hashlib
import http.server
import io
import json
import random
import select
import socket
import struct
import tarfile
import time

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
LOGIN = "Basic " + base64.b64encode(b"me:canary").decode()
OWN = ("127.0.0.1", "[::1]", "localhost")


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        data = random.Random(5).randbytes(300_000)
        info = tarfile.TarInfo("usr/share/noise")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


LAYER = layer()
CONFIG = dump({"os": "linux", "architecture": "amd64", "config": {"Env": ["CUDA_VERSION=12.8.1"]}, "rootfs": {"type": "layers", "diff_ids": [digest(LAYER)]}})
CONFIG_AT = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(CONFIG), "digest": digest(CONFIG)}
LAYER_AT = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": len(LAYER), "digest": digest(LAYER)}


def image(**changes):
    return dump({"schemaVersion": 2, "mediaType": MANIFEST, "config": CONFIG_AT, "layers": [LAYER_AT], **changes})


IMAGE = image()
PLATFORM = {"os": "linux", "architecture": "amd64"}


def entry(body=IMAGE, **changes):
    return {"mediaType": MANIFEST, "size": len(body), "digest": digest(body), "platform": PLATFORM, **changes}


def index(*entries):
    return dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)})


LIST = index(entry())
SPACES = gzip.compress(b" " * 50_000_000)
MANY_TAGS = b'{"tags":[' + b",".join(b'"t%d"' % i for i in range(120000)) + b"]}"
OTHER = index(entry(), entry(platform={"os": "linux", "architecture": "arm64"}))
DEEP = [LIST]
for _ in range(4):
    DEEP.append(index(entry(DEEP[-1], mediaType=INDEX)))

# Manifests that are answered with status 200 and an honest digest.
BODIES = {
    "good": LIST,
    "single": IMAGE,
    "schema1": dump({"schemaVersion": 1, "name": "x", "fsLayers": []}),
    "both": dump({"schemaVersion": 2, "manifests": [entry()], "config": CONFIG_AT, "layers": []}),
    "foreign": image(layers=[{**LAYER_AT, "urls": ["http://localhost:1/stolen"]}]),
    "foreignconfig": image(config={**CONFIG_AT, "urls": ["http://localhost:1/stolen"]}),
    "nojson": b"<html>Sign in to the network</html>",
    "empty": b"",
    "array": b"[]",
    "deep": b"[" * 100000,
    "duplicate": b'{"schemaVersion":2,"schemaVersion":2,"manifests":[]}',
    "traversal": index(entry(digest="sha256:../../../etc/passwd")),
    "uppercase": index(entry(digest=entry()["digest"].upper())),
    "shortdigest": index(entry(digest="sha256:abcdef")),
    "oddalgorithm": index(entry(digest="crc32:abcdef00")),
    "negative": index(entry(size=-1)),
    "fraction": index(entry(size=1.5)),
    "overflow": b'{"schemaVersion":2,"manifests":[{"size":18446744073709551617,"digest":"x"}]}',
    "real": b'{"schemaVersion":2,"manifests":[{"size":1e400,"digest":"x"}]}',
    "hugeconfig": image(config={**CONFIG_AT, "size": 1 << 40}),
    "noconfig": image(config={**CONFIG_AT, "size": 0}),
    "manyitems": b'{"schemaVersion":2,"manifests":[' + b",".join([b"{}"] * 1300000) + b"]}",
    "escapes": dump({"schemaVersion": 2, "mediaType": "\u001b]0;owned\u0007", "manifests": []}),
    "nul": b'{"schemaVersion":2,"mediaType":"a\\u0000b","manifests":[]}',
    "rawnul": b'{"schemaVersion":2,"mediaType":"a\x00b","manifests":[]}',
    "badutf8": b'{"schemaVersion":2,"mediaType":"\xff\xfe"}',
    "surrogate": b'{"schemaVersion":2,"mediaType":"\\ud800"}',
    "trailing": LIST + b"{}",
    "nested": DEEP[1],
    "nested2": DEEP[2],
    "nested3": DEEP[3],
}
MOVED = image(annotations={"moved": "yes"})
BY_DIGEST = {digest(body): body for body in [IMAGE, MOVED, *DEEP]}
REDIRECTS = {"file": "file:///etc/passwd", "ftp": "ftp://127.0.0.1/x", "gopher": "gopher://127.0.0.1/x", "dict": "dict://127.0.0.1/x",
             "unix": "unix:///var/run/docker.sock", "scp": "scp://127.0.0.1/x", "data": "data:text/plain,x", "script": "javascript:x",
             "metadata": "http://169.254.169.254/latest/meta-data/", "zeros": "http://0.0.0.0:1/x", "userinfo": "http://me:pw@%s/stolen",
             "escaped": "http://127.0.0.1%%2f@evil.example/x", "unicode": "http://127.0.0.1\u3002evil.example/x", "spaces": "http://a b/x",
             "newline": "/x\\y", "noport": "http://127.0.0.1:99999/x"}
REALMS = {"otherhostrealm": "http://localhost:{one}/token/otherhost", "otherportrealm": "http://127.0.0.1:{two}/token/otherport", "sixrealm": "http://[::1]:{six}/token/six",
          "mappedrealm": "http://[::ffff:127.0.0.1]:{one}/token/mapped", "metadatarealm": "http://169.254.169.254/token", "filerealm": "file:///etc/passwd",
          "userinforealm": "http://127.0.0.1:{one}@localhost:{one}/token/userinfo",
          "plainrealm": "http://127.0.0.1:{one}/token/plain", "relativerealm": "/token", "emptyrealm": ""}


class Wire(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    @property
    def world(self):
        return self.server.world

    def port(self, name="one"):
        return self.world.ports[name]

    def count(self, what):
        """How often `what` happened, this time included."""
        with self.world.lock:
            self.world.state[what] = self.world.state.get(what, 0) + 1
            return self.world.state[what]

    def note(self):
        with self.world.lock:
            self.world.log.append({"port": self.server.label, "method": self.command, "path": self.path, "headers": dict(self.headers.items())})

    def raw(self, data):
        self.wfile.write(data)
        self.close_connection = True

    def reply(self, status, body=b"", **headers):
        head = "HTTP/1.1 %d x\r\n" % status
        for name, value in headers.items():
            head += "%s: %s\r\n" % (name.replace("_", "-"), value)
        self.wfile.write(head.encode("utf-8", "surrogateescape") + b"Content-Length: %d\r\n\r\n" % len(body) + (body if self.command != "HEAD" else b""))

    def endless(self, head, piece):
        self.wfile.write(head)
        while True:
            self.wfile.write(piece)

    def drip(self, size, pause):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        while True:
            self.wfile.write(b" " * size)
            time.sleep(pause)

    def reset(self):
        """The connection ends as when a machine falls over."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


class Registry(Wire):
    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0))) if "Content-Length" in self.headers else b""
        self.do_GET()

    def do_GET(self):
        if self.path in ("/log", "/forget"):
            with self.world.lock:
                text = "".join(json.dumps(line) + "\n" for line in self.world.log)
                if self.path == "/forget":
                    self.world.log.clear()
            return self.reply(200, text.encode())
        self.note()
        parts = self.path.split("/")
        if self.path.startswith("/token"):
            return self.token(parts[2] if len(parts) > 2 else "")
        if self.path.startswith("/stolen"):
            return self.reply(200, LIST)
        if self.path.startswith("/v2/namespaces/"):
            return getattr(self, "hub_" + parts[3], self.hub_good)()
        if parts[1] in ("whl", "pyg"):
            return getattr(self, "page_" + parts[2].split(".")[0], self.page_good)()
        if parts[1] == "files":
            return getattr(self, "file_" + parts[2], self.file_good)()
        if len(parts) < 5 or parts[1] != "v2":
            return self.reply(404, b"{}")
        return self.registry(parts[2], self.path.rsplit("/", 1)[1])

    def registry(self, breach, what):
        if "/tags/list" in self.path:
            return getattr(self, "tags_" + breach, self.tags_good)()
        if "/blobs/" in self.path:
            body = CONFIG if what == digest(CONFIG) else LAYER
            return getattr(self, "blob_" + breach, self.blob)(body)
        if breach == "wrongdigest" and what.startswith("sha256:"):
            return self.reply(200, OTHER)
        if what in BY_DIGEST and breach not in ("both",):
            return self.reply(200, BY_DIGEST[what], Docker_Content_Digest=what, Content_Type=json.loads(BY_DIGEST[what])["mediaType"])
        if breach.startswith(("config", "layer")):
            return self.reply(200, IMAGE, Docker_Content_Digest=digest(IMAGE))
        if breach in BODIES:
            return self.reply(200, BODIES[breach], Docker_Content_Digest=digest(BODIES[breach]))
        if breach in REDIRECTS:
            to = REDIRECTS[breach]
            return self.reply(307, Location=to % ("127.0.0.1:%d" % self.port()) if "%s" in to else to.replace("%%", "%"))
        if breach in REALMS:
            return self.challenge('Bearer realm="%s",service="s"' % REALMS[breach].format(**self.world.ports))
        method = getattr(self, "say_" + breach, None)
        if method is None:
            return self.reply(404, dump({"errors": [{"code": "NAME_UNKNOWN", "message": "no such repository"}]}))
        return method()

    def honest(self):
        self.reply(200, LIST, Docker_Content_Digest=digest(LIST))

    # --- digests and types ---
    def say_liesheader(self):
        self.reply(200, LIST, Docker_Content_Digest="sha256:" + "0" * 64)

    def say_liesbody(self):
        self.reply(200, LIST + b" ", Docker_Content_Digest=digest(LIST))

    def say_wrongdigest(self):
        self.honest()

    def say_alternates(self):
        body = LIST + b" " * (self.count("alternates") % 7)
        self.reply(200, body, Docker_Content_Digest=digest(body))

    def say_moves(self):
        body = LIST if self.count("moves " + self.path) < 2 else index(entry(MOVED))
        self.reply(200, body, Docker_Content_Digest=digest(body))

    def say_typed(self):
        self.reply(200, IMAGE, Content_Type=INDEX)

    def say_typedindex(self):
        self.reply(200, LIST, Content_Type=MANIFEST + "; charset=utf-8")

    # --- blobs ---
    def blob(self, body):
        self.reply(200, body)

    def blob_configshort(self, body):
        self.reply(200, body[:-1])

    def blob_configlong(self, body):
        self.reply(200, body + b" ")

    def blob_configwrong(self, body):
        self.reply(200, body.replace(b"12.8.1", b"12.8.2"))

    def blob_configendless(self, body):
        self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)

    def blob_layershort(self, body):
        self.reply(200, body if body == CONFIG else body[:-1])

    def blob_layerlong(self, body):
        self.reply(200, body if body == CONFIG else body + b"x")

    def blob_layerwrong(self, body):
        self.reply(200, body if body == CONFIG else body[:2000] + b"x" + body[2001:])

    def blob_layerendless(self, body):
        if body == CONFIG:
            return self.reply(200, body)
        return self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)

    def blob_layerfar(self, body):
        if body == CONFIG:
            return self.reply(200, body)
        return self.reply(307, Location="http://localhost:%d/v2/basic/cuda/blobs/%s" % (self.port(), digest(body)))

    def blob_basic(self, body):
        self.say_basic()

    def blob_layerbreaks(self, body):
        if body == CONFIG:
            return self.reply(200, body)
        return self.breaking(body, "layer")

    def blob_layerother(self, body):
        """The rest that is given is that of another file's."""
        if body == CONFIG:
            return self.reply(200, body)
        return self.breaking(body, "layerother", shift=1)

    def breaking(self, body, name, shift=0, **headers):
        """So many bytes, drawn by lot, and the connection is reset; the rest where it is asked for."""
        begin = int(self.headers["Range"][6:-1]) if "Range" in self.headers else 0
        n = random.Random(self.count(name)).randrange(len(body) // 3, len(body) // 2)
        head = "HTTP/1.1 %d x\r\n" % (206 if begin else 200)
        if begin:
            head += "Content-Range: bytes %d-%d/%d\r\n" % (begin + shift, len(body) - 1, len(body))
        for key, value in headers.items():
            head += "%s: %s\r\n" % (key, value)
        self.wfile.write(head.encode() + b"Content-Length: %d\r\n\r\n" % (len(body) - begin) + body[begin:begin + n])
        if begin + n < len(body):
            time.sleep(0.1)  # a reset must not overtake what was sent
            self.reset()

    # --- lists of tags ---
    def tags_good(self):
        self.reply(200, dump({"name": "x", "tags": ["12.8.1-base-ubuntu22.04", "12.6.3-base-ubuntu22.04"]}))

    def tags_pages(self):
        n = self.count("pages")
        self.reply(200, dump({"tags": ["t%d" % n]}), Link='</v2/pages/cuda/tags/list?last=%d>; rel="next"' % n)

    def tags_selfpage(self):
        self.reply(200, dump({"tags": ["a"]}), Link='<%s>; rel="next"' % self.path)

    def tags_circle(self):
        self.reply(200, dump({"tags": ["a"]}), Link='</v2/circle/cuda/tags/list?last=%s>; rel="next"' % ("b" if "=a" in self.path else "a"))

    def tags_farpage(self):
        self.reply(200, dump({"tags": ["a"]}), Link='<http://localhost:%d/stolen/farpage>; rel="next"' % self.port())

    def tags_portpage(self):
        self.reply(200, dump({"tags": ["a"]}), Link='<http://127.0.0.1:%d/stolen/portpage>; rel="next"' % self.port("two"))

    def tags_filepage(self):
        self.reply(200, dump({"tags": ["a"]}), Link='<file:///etc/passwd>; rel="next"')

    def tags_hugelink(self):
        self.reply(200, dump({"tags": ["a"]}), Link='<' + "x" * 20000 + '>; rel="next"')

    def tags_manytags(self):
        self.reply(200, MANY_TAGS)

    def tags_endless(self):
        self.endless(b'HTTP/1.1 200 OK\r\n\r\n{"tags":[', b'"t",' * 16384)

    def tags_shapes(self):
        self.reply(200, b'{"tags":[' + b",".join([b"{}"] * 1_400_000) + b"]}")

    def tags_deep(self):
        self.reply(200, b'{"tags":' + b"[" * 5000)

    def tags_numbers(self):
        self.reply(200, b'{"tags":[1e400]}')

    def tags_midlist(self):
        """Each token is good for two pages."""
        given, page = self.headers.get("Authorization", ""), int(self.path.rsplit("=", 1)[1]) if "last=" in self.path else 0
        used = self.count("midlist " + given)
        if not given.startswith("Bearer abc") or used > 2:
            return self.challenge('Bearer realm="http://127.0.0.1:%d/token",service="s",error="invalid_token"' % self.port())
        link = {"Link": '</v2/midlist/cuda/tags/list?last=%d>; rel="next"' % (page + 1)} if page < 6 else {}
        return self.reply(200, dump({"tags": ["12.8.1-base-ubuntu%d" % page]}), **link)

    # --- Docker Hub's lists of tags ---
    def hub_page(self, following=None, results=({"name": "12.8.1-base-ubuntu22.04"},)):
        self.reply(200, dump({"count": 1, "next": following, "results": list(results)}), Content_Type="application/json")

    def hub_good(self):
        self.hub_page()

    def hub_self(self):
        self.hub_page("https://hub.docker.com" + self.path)

    def hub_half(self):
        if "page=2" in self.path:
            return self.reply(404)
        return self.hub_page("https://hub.docker.com/v2/namespaces/half/repositories/cuda/tags?page=2")

    def hub_pages(self):
        self.hub_page("https://hub.docker.com/v2/namespaces/pages/repositories/cuda/tags?page=%d" % self.count("hub"), [{"name": "t"}])

    def hub_far(self):
        self.hub_page("https://good.reg.test/stolen/far")

    def hub_plain(self):
        self.hub_page("http://hub.docker.com/v2/namespaces/plain/repositories/cuda/tags?page=2")

    def hub_userinfo(self):
        self.hub_page("https://hub.docker.com@good.reg.test/stolen/userinfo")

    def hub_file(self):
        self.hub_page("file:///etc/passwd")

    def hub_number(self):
        self.hub_page(7)

    def hub_deep(self):
        self.reply(200, b'{"results":' + b"[" * 5000)

    def hub_items(self):
        self.reply(200, b'{"results":[' + b",".join([b"{}"] * 400_000) + b"]}")

    def hub_names(self):
        self.hub_page(results=[{"name": "../../etc"}, {"name": "\u001b[31m"}, {"name": "x" * 200}, {"name": "ok", "digest": "sha256:../x", "images": [
            {"os": "\u202e", "architecture": "\u0007"}] * 100}])

    def hub_endless(self):
        self.endless(b"HTTP/1.1 200 OK\r\n\r\n{", b" " * 65536)

    def hub_redirects(self):
        self.reply(302, Location="https://good.reg.test/stolen/redirects")

    # --- sizes and shapes of answers ---
    def say_endless(self):
        self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)

    def say_endlesschunks(self):
        self.endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n")

    def say_endlesserror(self):
        self.endless(b"HTTP/1.1 403 No\r\n\r\n", b"x" * 65536)

    def say_chunkname(self):
        self.endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 65536)

    def say_trailers(self):
        self.endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n", b"X-A: " + b"a" * 1000 + b"\r\n")

    def say_huge(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{")

    def say_endlesshead(self):
        self.endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1000 + b"\r\n")

    def say_longline(self):
        self.endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 65536)

    def say_millionheaders(self):
        self.endless(b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 10000)

    def say_hints(self):
        self.endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100)

    def say_short(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")

    def say_resets(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        self.reset()

    def say_closes(self):
        self.raw(b"")

    def say_garbage(self):
        self.raw(b"\x16\x03\x01\x02\x00 this is not HTTP\r\n\r\n")

    def say_twolengths(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}")

    def say_listlength(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}")

    def say_pluslength(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}")

    def say_hexlength(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n{}")

    def say_smuggle(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")

    def say_negativelength(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")

    def say_overlength(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\n{")

    def say_badchunk(self):
        self.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")

    def say_gzip(self):
        self.reply(200, SPACES, Content_Encoding="gzip")

    def say_gzipgzip(self):
        self.reply(200, gzip.compress(gzip.compress(LIST)), Content_Encoding="gzip, gzip")

    def say_secretgzip(self):
        self.reply(200, gzip.compress(LIST))

    # --- statuses ---
    def say_forbidden(self):
        self.reply(403, dump({"errors": [{"code": "DENIED", "message": "not \u001b[31myours\u202e\u0007"}]}))

    def say_teapot(self):
        self.reply(418)

    def say_partial(self):
        self.reply(206, LIST, Content_Range="bytes 0-9/10")

    def say_unchanged(self):
        self.reply(304)

    def say_nocontent(self):
        self.reply(204)

    def say_oddstatus(self):
        self.raw(b"HTTP/1.1 999999 x\r\nContent-Length: 2\r\n\r\n{}")

    def say_unavailable(self):
        self.count("unavailable")
        self.reply(503, b"down for maintenance")

    def say_once(self):
        if self.count("once " + self.headers.get("User-Agent", "")) % 2:
            return self.reply(503, b"", Retry_After="2")
        return self.honest()

    def say_limited(self):
        self.reply(429, dump({"errors": [{"code": "TOOMANYREQUESTS", "message": "pull rate limit"}]}), Retry_After="99999999")

    def say_limiteddate(self):
        self.reply(429, b"{}", Retry_After="Fri, 01 Jan 2100 00:00:00 GMT")

    def say_limitednegative(self):
        self.reply(429, b"{}", Retry_After="-5")

    def say_limitedodd(self):
        self.reply(429, b"{}", Retry_After="\u001b[31m 1e99, 7")

    def say_abuse(self):
        self.raw(b"HTTP/1.1 429 Too Many Requests\nContent-Type: text/plain\nRetry-After: 61\nContent-Length: 27\n\n"
                 b"Too Many Requests (HAP429)\n")

    # --- redirects ---
    def say_loop(self):
        self.reply(307, Location=self.path)

    def say_five(self):
        n = int(self.path.rsplit("hop=", 1)[1]) if "hop=" in self.path else 0
        return self.honest() if n == 5 else self.reply(302, Location=self.path.split("?")[0] + "?hop=%d" % (n + 1))

    def say_six(self):
        n = int(self.path.rsplit("hop=", 1)[1]) if "hop=" in self.path else 0
        return self.honest() if n == 6 else self.reply(302, Location=self.path.split("?")[0] + "?hop=%d" % (n + 1))

    def leads(self, status, to):
        """Wants a login first, sets a cookie, then leads elsewhere."""
        if self.headers.get("Authorization") != LOGIN:
            return self.challenge('Basic realm="x"')
        return self.reply(status, Location=to, Set_Cookie="sid=canary")

    def say_far301(self):
        self.leads(301, "http://localhost:%d/stolen/far301" % self.port())

    def say_far302(self):
        self.leads(302, "http://localhost:%d/stolen/far302" % self.port())

    def say_far303(self):
        self.leads(303, "http://localhost:%d/stolen/far303" % self.port())

    def say_far307(self):
        self.leads(307, "http://localhost:%d/stolen/far307" % self.port())

    def say_far308(self):
        self.leads(308, "http://localhost:%d/stolen/far308" % self.port())

    def say_farport(self):
        self.leads(307, "http://127.0.0.1:%d/stolen/farport" % self.port("two"))

    def say_farback(self):
        """There and back again: what was taken off on the way is not put on at home."""
        self.leads(307, "http://localhost:%d/v2/back/cuda/manifests/1" % self.port())

    def say_back(self):
        self.reply(307, Location="http://127.0.0.1:%d/stolen/back" % self.port())

    def say_near(self):
        self.reply(307, Location="//127.0.0.1:%d/v2/good/cuda/manifests/1" % self.port(), Set_Cookie="sid=canary")

    def say_downgrade(self):
        self.leads(307, "http://127.0.0.1:%d/stolen/downgrade" % self.port())

    def say_signed(self):
        self.reply(307, Location="/v2/nojson/cuda/manifests/1?X-Amz-Signature=canary")

    def say_farchallenge(self):
        self.leads(307, "http://localhost:%d/v2/basic/cuda/manifests/1" % self.port())

    def say_farbearer(self):
        self.leads(307, "http://localhost:%d/v2/plainrealm/cuda/manifests/1" % self.port())

    # --- challenges ---
    def challenge(self, text, **headers):
        self.reply(401, b"{}", WWW_Authenticate=text, **headers)

    def say_basic(self):
        self.challenge('Basic realm="x"')

    def say_ahead(self):
        self.challenge('Bearer realm="http://127.0.0.1:%d/token",service="s"' % self.port(), Date="Thu, 01 Jan 2099 00:00:00 GMT")

    def say_behind(self):
        self.challenge('Bearer realm="http://127.0.0.1:%d/token",service="s"' % self.port(), Date="Wed, 01 Jan 2020 00:00:00 GMT")

    def say_nochallenge(self):
        self.reply(401, b"{}")

    def say_digestauth(self):
        self.challenge('Digest realm="x", nonce="y"')

    def bearer(self, kind="", more=""):
        self.challenge('Bearer realm="http://127.0.0.1:%d/token%s",service="s"%s' % (self.port(), kind, more))

    def say_token(self):
        if self.headers.get("Authorization", "").startswith("Bearer abc"):
            return self.honest()
        return self.bearer()

    def say_httpsrealm(self):
        self.challenge('Bearer realm="http://127.0.0.1:%d/token",service="s"' % self.port())

    def say_tokenloop(self):
        self.bearer()

    def say_expired(self):
        """The first token is refused as expired; the second is good."""
        given = self.headers.get("Authorization", "-")
        if given.startswith("Bearer abc") and self.count("expired " + given) == 1 and self.count("expired") % 2 == 0:
            return self.honest()
        return self.bearer(more=',error="invalid_token"')

    def say_hugechallenge(self):
        self.raw(b"HTTP/1.1 401 x\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer realm=\"" + b"x" * 1000000 + b"\"\r\n\r\n")

    def say_injects(self):
        self.challenge('Bearer realm="http://127.0.0.1:%d/token\\\r\nX-Evil: 1",service="a b&scope=*\u001b"' % self.port())

    def say_tokenendless(self):
        self.bearer("/endless")

    def say_tokenbad(self):
        self.bearer("/bad")

    def say_tokendeep(self):
        self.bearer("/deep")

    def say_tokenheader(self):
        self.bearer("/header")

    def say_tokenfar(self):
        self.bearer("/far")

    def say_tokenbusy(self):
        self.bearer("/busy")

    def token(self, kind):
        kind = kind.split("?")[0]
        n = self.count("tokens")
        if kind == "endless":
            return self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536)
        if kind == "bad":
            return self.reply(200, b"<html>")
        if kind == "deep":
            return self.reply(200, b'{"token":' + b"[" * 5000)
        if kind == "header":
            return self.reply(200, dump({"token": "a\r\nX-Evil: 1"}))
        if kind == "far":
            return self.reply(307, Location="http://localhost:%d/stolen/tokenfar" % self.port())
        if kind == "busy":
            return self.reply(503)
        return self.reply(200, dump({"token": "abc%d" % n, "expires_in": 0, "nbf": 9999999999, "issued_at": "2099-01-01T00:00:00Z"}))

    # --- slow ones: a client with its own time limits ends them ---
    def say_silent(self):
        time.sleep(600)

    def say_bytes(self):
        self.drip(1, 1)

    def say_trickle(self):
        self.drip(300, 0.1)

    # --- indexes of wheels ---
    def page(self, body, type="text/html"):
        self.reply(200, body, Content_Type=type)

    def links(self, *hrefs):
        self.page(b"<!DOCTYPE html><html><body>" + b"".join(b'<a href="%s">x</a><br>\n' % h.encode() for h in hrefs) + b"</body></html>")

    def page_good(self):
        self.links("/files/good/" + WHEEL)

    def page_breaks(self):
        self.links("/files/breaks/" + WHEEL)

    def page_resets(self):
        self.links("/files/resets/" + WHEEL)

    def page_changes(self):
        self.links("/files/changes/" + WHEEL)

    def page_endlessfile(self):
        self.links("/files/endless/" + WHEEL)

    def page_filefar(self):
        self.links("/files/far/" + WHEEL)

    def page_odd(self):
        self.links("file:///etc/passwd", "ftp://127.0.0.1/" + WHEEL, "javascript:alert(1)", "http://[::1/" + WHEEL, "..%2f..%2fetc%2f" + WHEEL,
                   "a%00b/" + WHEEL[:-4] + "%00.whl", "/files/good/" + WHEEL)

    def page_empty(self):
        self.page(b"")

    def page_endless(self):
        self.endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>", b'<a href="x.whl">x</a>' * 4096)

    def page_deep(self):
        self.page(b"<html><body>" + b"<div>" * 300_000)

    def page_attributes(self):
        self.page(b"<html><body><a " + b" ".join(b"a%d=1" % i for i in range(300_000)) + b">x</a>")

    def page_manylinks(self):
        self.page(b"<html><body>" + b"<a href=x>" * 120_000)

    def page_links(self):
        self.page(b"<html><body>" + b"<a href=x>" * 34_000)

    def page_json(self):
        self.page(b'{"files":[' + b"[" * 1000 + b"]}", "application/vnd.pypi.simple.v1+json")

    def page_jsonitems(self):
        self.page(b'{"files":[' + b",".join([b"{}"] * 400_000) + b"]}", "application/vnd.pypi.simple.v1+json")

    def page_jsonhash(self):
        self.page(dump({"files": [{"filename": WHEEL, "url": "/files/good/" + WHEEL, "hashes": {"sha256": "../../etc/passwd"}, "size": -1}]}),
                  "application/vnd.pypi.simple.v1+json")

    def page_gzip(self):
        self.reply(200, SPACES, Content_Encoding="gzip", Content_Type="text/html")

    def page_base(self):
        self.page(b'<html><head><base href="file:///etc/"></head><body><a href="' + WHEEL.encode() + b'">x</a></body></html>')

    def page_silent(self):
        time.sleep(600)

    def page_forbidden(self):
        self.reply(403, b"no \x1b[31m")

    def page_farlogin(self):
        if self.headers.get("Authorization") != LOGIN:
            return self.challenge('Basic realm="x"')
        return self.links("http://localhost:%d/files/good/%s" % (self.port(), WHEEL))

    def file_good(self):
        self.reply(200, LAYER)

    def file_breaks(self):
        self.breaking(LAYER, "file", ETag='"v1"')

    def file_resets(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + LAYER[:1000])
        self.reset()

    def file_changes(self):
        self.breaking(LAYER, "changes", ETag='"v%d"' % self.count("versions"))

    def file_endless(self):
        self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)

    def file_far(self):
        self.reply(307, Location="http://localhost:%d/files/good/%s" % (self.port(), WHEEL))


WHEEL = "torch-2.7.1%2Bcu128-cp310-cp310-manylinux_2_28_x86_64.whl"


PROXIED = {"hub.docker.com": "tls-good", "registry-1.docker.io": "tls-good", "auth.docker.io": "tls-good", "mute.reg.test": "mute", "plain.reg.test": "one"}


class Proxy(Wire):
    """CONNECT to NAME.reg.test leads to this machine's "tls-NAME", to plain.reg.test and mute.reg.test to those; http URLs are answered here."""

    def refuse(self):
        if self.server.label != "proxy-login" or self.headers.get("Proxy-Authorization") == LOGIN:
            return False
        self.reply(407, b"", Proxy_Authenticate='Basic realm="x"')
        return True

    def do_CONNECT(self):
        self.note()
        self.close_connection = True
        if self.refuse():
            return None
        host = self.path.rsplit(":", 1)[0]
        if host == "closed.invalid":
            return self.reply(403)
        if host == "endless.invalid":
            return self.endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1000 + b"\r\n")
        if host == "silent.invalid":
            return time.sleep(600)
        there = socket.create_connection(("127.0.0.1", self.port(PROXIED.get(host, "tls-" + host.split(".")[0]))))
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        both = [self.connection, there]
        while True:
            for ready in select.select(both, [], [], 30)[0] or [None]:
                data = ready.recv(65536) if ready else b""
                if not data:
                    return there.close()
                while getattr(ready, "pending", int)():  # TLS has read more than it gave
                    data += ready.recv(65536)
                (there if ready is self.connection else self.connection).sendall(data)

    def do_GET(self):
        self.note()
        if self.refuse():
            return None
        if "/files/" in self.path:
            return self.reply(200, b"the bytes of a wheel")
        inward = "http://127.0.0.1:%d" % self.port() if "/whl/inward/" in self.path else ""
        return self.reply(200, b'<html><a href="%s/files/good/%s">x</a></html>' % (inward.encode(), WHEEL.encode()), Content_Type="text/html")


class Engine(Wire):
    """A container engine that sends what it is given to another host: "engine-pull" already what is to be pulled, "engine-build" what is to be built."""

    def do_GET(self):
        self.note()
        if self.path.endswith("/_ping"):
            return self.reply(200, b"OK", Api_Version="1.41", Ostype="linux", Builder_Version="2")
        if self.path.endswith("/version"):
            return self.reply(200, dump({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"}))
        if self.path.endswith("/info"):
            return self.reply(200, dump({"ID": "x", "OSType": "linux", "Architecture": "x86_64", "NCPU": 2, "MemTotal": 1 << 33, "DockerRootDir": "/"}))
        if "/images/" in self.path and self.path.endswith("/json") and "@" in self.path and self.server.label == "engine-build":
            return self.reply(200, dump({"Id": digest(CONFIG), "Os": "linux", "Architecture": "amd64", "RepoDigests": [], "Config": {}, "Size": 1}))
        if "/images/" in self.path and self.path.count("/") > 3:
            return self.reply(404, dump({"message": "no such image"}))
        return self.reply(200, b"[]" if "json" in self.path else b"{}")

    do_HEAD = do_GET

    def do_POST(self):
        self.note()
        if self.server.label == "engine-build" and "/build" not in self.path:
            return self.reply(200, dump({"status": "ok"}))
        return self.raw(("HTTP/1.1 307 x\r\nLocation: http://localhost:%d/stolen/%s\r\nContent-Length: 0\r\n\r\n"
                         % (self.port(), self.server.label)).encode())

    do_DELETE = do_GET
