"""The cases of hostile_rows.py, row by row of the threat list A, and further ones. What each must say is in hostile.expected.

{H} is the hostile registry's address, {one} {two} {tls_good} ... are ports, {dir} is the case's folder, {tls} that of the certificates."""
import dataclasses
import shutil

import http2

GENERATE = ("generate",)
CHECK = ("catalog", "check")
TAG = "12.8.1-base-ubuntu22.04"
LOGIN = {"home/.docker/config.json": '{{"auths":{{"{H}":{{"auth":"bWU6Y2FuYXJ5"}}}}}}'}


@dataclasses.dataclass
class Case:
    row: str
    name: str
    code: int = 3
    breach: str = ""
    command: tuple = GENERATE
    images: str = ""
    torch: str = "wheels"
    cuda: str = '"12.8"'
    sources: str = ""
    files: dict = dataclasses.field(default_factory=lambda: dict(LOGIN))
    copies: dict = dataclasses.field(default_factory=dict)
    modes: dict = dataclasses.field(default_factory=dict)
    env: dict = dataclasses.field(default_factory=dict)
    notes: tuple = ()
    first: tuple = ()
    before: tuple = ()
    keeps: str = ""
    says: bool = True  # what it says is the same everywhere
    check: object = None


class List:
    def __init__(self):
        self.all = []

    def add(self, row, name, **more):
        self.all.append(Case(row, name, **more))

    def image(self, row, breach, **more):
        """`generate` asks for an image."""
        self.add(row, more.pop("name", breach), breach=breach, images="{H}/%s/cuda" % breach, **more)

    def own(self, row, breach, name, **more):
        """The same by a path of its own, so that the case's requests can be told from others'."""
        self.add(row, name, breach=name, images="{H}/%s/%s/cuda" % (breach, name), **more)

    def tags(self, row, breach, **more):
        """`catalog check` lists the tags."""
        self.add(row, more.pop("name", "tags-" + breach), breach=breach, images="{H}/%s/cuda" % breach, command=CHECK, **more)

    def layers(self, row, breach, **more):
        """`inspect` reads the whole image."""
        self.add(row, more.pop("name", "inspect-" + breach), breach=breach, images="{H}/good/cuda",
                 command=("inspect", more.pop("what", "{H}/%s/cuda:1" % breach)), **more)

    def page(self, row, breach, **more):
        """`generate` asks for a wheel."""
        self.add(row, more.pop("name", "page-" + breach), breach=breach, images="{H}/good/cuda", torch="http://{H}/whl/%s" % breach, **more)


def cases(world):
    from_list = List()
    for number in range(1, 29):
        globals()["row_%d" % number](from_list, world)
    beyond(from_list, world)
    return from_list.all


def proxied(names=(), login="", **more):
    """An environment behind the CONNECT proxy, where NAME.reg.test is the registry with that certificate."""
    return {"https_proxy": "http://%s127.0.0.1:{%s}" % (login, "proxy_login" if login else "proxy"), "SSL_CERT_FILE": "{tls}/ca.crt", **more}


NETRC = {"home/.netrc": "machine 127.0.0.1 login me password canary\n"}
THREE = '["11.8", "12.6", "12.8"]'
GOOD_LOGIN = {"home/.docker/config.json": '{{"auths":{{"good.reg.test":{{"auth":"bWU6Y2FuYXJ5"}}}}}}'}


def none(requests, run):
    return "requests were made: %s" % requests if requests else ""


def stays_home(requests, run):
    """What the engine was given, with a login or a body, is not given to whom it names."""
    given = [line for line in run.world.log if line["port"] == run.case.name and line["method"] == "POST"]
    wanted = "X-Registry-Auth" if run.case.name == "engine-pull" else "Transfer-Encoding"
    if not any(wanted in line["headers"] for line in given):
        return "the engine was not given any %s: %s" % (wanted, given)
    return none(requests, run)


def hashed(requests, run):
    """What was put together from its parts is the file."""
    lock = (run.dir / "p" / "cudabuild.lock").read_text()
    return "" if run.digest_of_file in lock and len(requests) >= 3 else "the lock does not hold %s, or it was not fetched in parts" % run.digest_of_file


def by_proxy(target):
    def check(requests, run):
        with run.world.lock:
            seen = [line for line in run.world.log if line["method"] == "CONNECT" and line["path"] == target]
        return "" if seen else "the proxy was not asked for " + target
    return check


def not_by_proxy(requests, run):
    """Asked directly; what comes of that depends on where this runs."""
    return "the proxy was asked: %s" % run.err if b"proxy" in run.err else ""


def listed_by_registry(requests, run):
    """Of a list that broke off in Docker Hub's API the registry was asked."""
    return "" if [line for line in requests if "/tags/list" in line["path"]] else "the registry was not asked"


def no_file(requests, run):
    """No file of this machine's server was asked for."""
    return "".join("asked for " + line["path"] for line in requests if line["path"].startswith("/files/"))


def one_of(text):
    """Which of several questions is answered first differs; what is said in the end does not."""
    return lambda requests, run: "" if text.encode() in run.err else "not said: %s: %s" % (text, run.err)


def by_digest(requests, run):
    """Of what a tag led to, everything else was asked for by digest."""
    asked = [line["path"].rsplit("/", 1)[1] for line in requests if line["path"].rsplit("/", 1)[1] != TAG]
    return "" if asked.count("1") == 1 and all(what.startswith("sha256:") for what in asked if what != "1") else "asked for %s" % asked


def unsent(requests, run):
    sent = [line for line in requests if "Authorization" in line["headers"]]
    return "a login was sent: %s" % sent if sent else "" if requests else "nothing was asked"


def times(n, path=""):
    def check(requests, run):
        got = [line for line in requests if path in line["path"]]
        return "" if len(got) == n else "%d requests and not %d: %s" % (len(got), n, got)
    return check


def row_1(c, world):
    for breach in ("far301", "far302", "far303", "far307", "far308", "farport"):
        c.image("A.1", breach, code=0, check=times(3))
    c.image("A.1", "farback", code=0)
    c.image("A.1", "near", code=0)
    c.image("A.1", "five", code=0, check=times(6))
    c.image("A.1", "six")
    c.image("A.1", "loop", check=times(6))
    c.add("A.1", "downgrade", breach="downgrade", images="good.reg.test/downgrade/cuda", env=proxied(), files=GOOD_LOGIN)
    c.page("A.1", "filefar", code=0, files=NETRC)
    c.page("A.1", "farlogin", code=0, files=NETRC)


def row_2(c, world):
    for name in ("otherhost", "otherport", "six", "mapped", "metadata", "file", "userinfo", "relative", "empty"):
        c.image("A.2", name + "realm")
    c.add("A.2", "httpsrealm", breach="httpsrealm", images="good.reg.test/httpsrealm/cuda", env=proxied(), files=GOOD_LOGIN)
    c.image("A.2", "otherportrealm", name="otherport-token", files={
        "home/.docker/config.json": '{{"auths":{{"{H}":{{"identitytoken":"identity-token"}}}}}}'})
    c.image("A.2", "tokenfar")


def row_3(c, world):
    c.image("A.3", "farchallenge")
    c.image("A.3", "farbearer")
    c.layers("A.3", "layerfar")


def row_4(c, world):
    for name in ("engine-pull", "engine-build"):
        c.add("A.4", name, breach=name, images="{H}/good/cuda", first=(GENERATE,), command=("build", "--allow-unpinned"),
              env={"DOCKER_HOST": "tcp://127.0.0.1:{%s}" % name.replace("-", "_")}, code=4, check=stays_home)


def row_5(c, world):
    c.image("A.5", "foreign", check=times(1, TAG))
    c.image("A.5", "foreignconfig", check=times(1))
    c.layers("A.5", "foreign")


def row_6(c, world):
    c.tags("A.6", "pages", check=times(1000), env={"CUDABUILD_NETWORK_TIMEOUT": "20s"})
    c.tags("A.6", "selfpage", check=times(1))
    c.tags("A.6", "circle")
    c.tags("A.6", "farpage")
    c.tags("A.6", "portpage")
    c.tags("A.6", "filepage")
    c.tags("A.6", "hugelink")
    c.tags("A.6", "manytags")
    c.tags("A.6", "midlist", code=1)


def row_7(c, world):
    c.image("A.7", "endless")
    c.image("A.7", "endlesschunks")
    c.image("A.7", "endlesserror")
    c.image("A.7", "huge")
    c.image("A.7", "tokenendless")
    c.tags("A.7", "endless")
    c.page("A.7", "endless")
    c.page("A.7", "endlessfile", code=0)


def row_8(c, world):
    for breach in ("nojson", "empty", "array", "deep", "duplicate", "overflow", "real", "nul", "rawnul", "escapes", "badutf8", "surrogate", "trailing",
                   "tokenbad", "tokendeep", "tokenheader"):
        c.image("A.8", breach)
    c.tags("A.8", "deep")
    c.tags("A.8", "numbers")
    c.page("A.8", "json")


def row_9(c, world):
    c.image("A.9", "manyitems")
    c.tags("A.9", "shapes")
    c.page("A.9", "jsonitems")
    c.page("A.9", "deep", code=1)
    c.page("A.9", "attributes")
    c.page("A.9", "manylinks")
    c.page("A.9", "links", name="links-together", env={"CUDABUILD_NETWORK_TIMEOUT": "20s"}, cuda=THREE, says=False, keeps="/whl/links/", check=one_of("more than 100000 links, with the pages before it"))


def row_10(c, world):
    c.image("A.10", "liesheader")
    c.image("A.10", "liesbody")
    c.layers("A.10", "wrongdigest", what="{H}/wrongdigest/cuda@sha256:" + "0" * 64)
    c.layers("A.10", "wrongdigest", name="inspect-platform")
    c.layers("A.10", "liesheader")


def row_11(c, world):
    for breach in ("configshort", "configlong", "configwrong", "configendless"):
        c.image("A.11", breach)
        c.layers("A.11", breach)
    for breach in ("layershort", "layerlong", "layerwrong", "layerendless"):
        c.layers("A.11", breach)
    c.image("A.11", "hugeconfig", check=times(1))
    c.image("A.11", "noconfig", check=times(1))


def row_12(c, world):
    for breach in ("twolengths", "listlength", "pluslength", "hexlength", "smuggle", "negativelength", "overlength", "badchunk"):
        c.image("A.12", breach)


def row_13(c, world):
    for breach in ("traversal", "uppercase", "shortdigest", "oddalgorithm"):
        c.image("A.13", breach, check=times(1))
    for name, digest in (("traversal", "sha256:../../etc"), ("uppercase", "sha256:" + "A" * 64), ("short", "sha256:00"), ("md5", "md5:00"),
                         ("sha512", "sha512:" + "0" * 128), ("none", "sha256:")):
        c.layers("A.13", "good", name="asked-" + name, what="docker://{H}/good/x%s@%s" % (name, digest), code=2)


def row_14(c, world):
    for breach in ("both", "schema1", "typed", "typedindex"):
        c.image("A.14", breach)
    c.layers("A.14", "both")


def row_15(c, world):
    for breach in ("negative", "fraction", "overflow"):
        c.image("A.15", breach, name="size-" + breach)
    c.layers("A.15", "nested", code=1)
    c.layers("A.15", "nested2")
    c.layers("A.15", "nested3")


def row_16(c, world):
    c.image("A.16", "silent", check=times(2, TAG))
    c.image("A.16", "bytes", check=times(2))
    c.image("A.16", "trickle")
    c.image("A.16", "chunkname")
    c.page("A.16", "silent")
    c.add("A.16", "handshake", images="x/y", command=("inspect", "https://127.0.0.1:{mute}/x/cuda:1"))
    c.add("A.16", "connect", images="127.0.0.1:{full}/x/cuda")


def row_17(c, world):
    for breach in ("limited", "limiteddate", "limitednegative", "limitedodd", "abuse"):
        c.image("A.17", breach)
    c.image("A.17", "unavailable")
    c.image("A.17", "once", code=0)
    c.image("A.17", "tokenbusy", files={"home/.docker/config.json": '{{"auths":{{"{H}":{{"identitytoken":"identity-token"}}}}}}'})


def row_18(c, world):
    for breach in ("short", "resets", "closes", "garbage"):
        c.image("A.18", breach)
    c.page("A.18", "breaks", code=0, check=hashed)
    c.page("A.18", "resets", keeps="/whl/resets/")
    c.page("A.18", "changes", keeps="/whl/changes/")
    c.layers("A.18", "layerbreaks", code=1)
    c.layers("A.18", "layerother")


def row_19(c, world):
    for breach in ("endlesshead", "longline", "millionheaders", "hints", "hugechallenge", "trailers"):
        c.image("A.19", breach)


def row_20(c, world):
    for breach in ("gzip", "gzipgzip", "secretgzip"):
        c.image("A.20", breach)
    c.page("A.20", "gzip")


def row_21(c, world):
    for breach in ("file", "ftp", "gopher", "dict", "unix", "scp", "data", "script", "metadata", "zeros", "userinfo", "escaped", "unicode", "spaces",
                   "newline", "noport"):
        c.image("A.21", breach, code=0 if breach == "userinfo" else 3)


def row_22(c, world):
    for name in ("good", "expired", "future", "wronghost", "unknownca", "clientonly", "weakkey", "weakhash", "selfsigned", "tls11", "wantsclient", "plain",
                 "mute"):
        c.add("A.22", name, images="%s.reg.test/good/cuda" % name, env=proxied(), code=0 if name == "good" else 3,
              says=name not in ("pings", "emptydata", "trailers"))  # how fast they come decides whether it stalls or is over
    c.add("A.22", "privateca", images="good.reg.test/good/cuda", env=proxied(SSL_CERT_FILE=""))
    c.add("A.22", "sources-ca", images="good.reg.test/good/cuda", code=0, env=proxied(SSL_CERT_FILE=""), sources=", ca: 'ca.crt'", copies={"p/ca.crt": "ca.crt"})
    c.add("A.22", "certs.d", images="good.reg.test/good/cuda", code=0, env=proxied(SSL_CERT_FILE=""),
          copies={"home/config/docker/certs.d/good.reg.test/ca.crt": "ca.crt"})
    c.add("A.22", "certs.d-other", images="good.reg.test/good/cuda", env=proxied(SSL_CERT_FILE=""),
          copies={"home/config/docker/certs.d/other.reg.test/ca.crt": "ca.crt"})
    c.add("A.22", "certs.d-client", images="wantsclient.reg.test/good/cuda", code=0, env=proxied(SSL_CERT_FILE=""),
          copies={"home/config/docker/certs.d/wantsclient.reg.test/" + a: b for a, b in
                  (("ca.crt", "ca.crt"), ("client.cert", "good.crt"), ("client.key", "good.key"))})
    for name in ("unknownca", "expired"):
        c.add("A.22", "certs.d-client-" + name, images="wantsclient.reg.test/good/cuda", env=proxied(SSL_CERT_FILE=""),
              copies={"home/config/docker/certs.d/wantsclient.reg.test/" + a: b for a, b in
                      (("ca.crt", "ca.crt"), ("client.cert", name + ".crt"), ("client.key", name + ".key"))})
    c.add("A.22", "missing-ca", images="good.reg.test/good/cuda", env=proxied(SSL_CERT_FILE="/nonexistent"), code=2)
    c.add("A.22", "inspect-direct", images="x/y", command=("inspect", "https://127.0.0.1:{tls_expired}/good/cuda:1"), env={"SSL_CERT_FILE": "{tls}/ca.crt"})


def row_23(c, world):
    """By the real client: whom it asks, and that a password is shown nowhere."""
    asked = "http://me:canary@127.0.0.1:{proxy_login}"
    c.add("A.23", "https", images="good.reg.test/good/cuda", env=proxied(), code=0, check=by_proxy("good.reg.test:443"))
    c.add("A.23", "login", images="good.reg.test/good/cuda", env=proxied(login="me:canary@"), code=0)
    c.add("A.23", "capitals", images="good.reg.test/good/cuda", code=0,
          env={"HTTPS_PROXY": asked, "SSL_CERT_FILE": "{tls}/ca.crt"})
    c.add("A.23", "all", images="good.reg.test/good/cuda", code=0, env={"all_proxy": asked, "SSL_CERT_FILE": "{tls}/ca.crt"})
    c.add("A.23", "tls", images="good.reg.test/good/cuda", env=proxied(https_proxy="https://127.0.0.1:{proxy_tls_good}"), code=0,
          check=by_proxy("good.reg.test:443"))
    c.add("A.23", "tls-sources-ca", images="good.reg.test/good/cuda", code=0, sources=", ca: 'ca.crt'", copies={"p/ca.crt": "ca.crt"},
          env=proxied(https_proxy="https://127.0.0.1:{proxy_tls_good}", SSL_CERT_FILE=""))
    c.add("A.23", "tls-unknown", images="good.reg.test/good/cuda", env=proxied(https_proxy="https://me:canary@127.0.0.1:{proxy_tls_unknownca}"))
    c.add("A.23", "tls-wronghost", images="good.reg.test/good/cuda", env=proxied(https_proxy="https://127.0.0.1:{proxy_tls_wronghost}"))
    c.add("A.23", "tls-plain", images="good.reg.test/good/cuda", env=proxied(https_proxy="https://127.0.0.1:{proxy}"))
    c.add("A.23", "http", images="good.reg.test/good/cuda", torch="http://whl.reg.test/whl/good", env=proxied(http_proxy=asked), code=0)
    c.add("A.23", "no-login", images="good.reg.test/good/cuda", env=proxied(https_proxy="http://127.0.0.1:{proxy_login}"))
    c.add("A.23", "wrong-login", images="good.reg.test/good/cuda", env=proxied(https_proxy="http://me:canary2@127.0.0.1:{proxy_login}"))
    c.add("A.23", "http-no-login", images="good.reg.test/good/cuda", torch="http://whl.reg.test/whl/good",
          env=proxied(http_proxy="http://me:canary3@127.0.0.1:{proxy_login}"))
    c.add("A.23", "closed", images="closed.invalid/good/cuda", env=proxied())
    c.add("A.23", "endless", images="endless.invalid/good/cuda", env=proxied())
    c.add("A.23", "silent", images="silent.invalid/good/cuda", env=proxied())
    c.add("A.23", "refused", images="good.reg.test/good/cuda", env=proxied(https_proxy="http://me:canary@127.0.0.1:1"))
    c.add("A.23", "nohost", images="good.reg.test/good/cuda", env=proxied(https_proxy="http://me:canary@proxy.invalid:3128"))
    c.add("A.23", "noaddress", images="good.reg.test/good/cuda", env=proxied(https_proxy="http://me:canary@ho st:99999"), code=2)
    c.add("A.23", "oddscheme", images="good.reg.test/good/cuda", env=proxied(https_proxy="odd://me:canary@127.0.0.1:1"), code=2)
    # no_proxy: names, domains, addresses, CIDR, IPv6; what it names is asked directly and not found, what it does not goes to the proxy
    for name, value, by in (("name", "good.reg.test", False), ("domain", ".reg.test", False), ("bare", "reg.test", False), ("star", "*", False),
                            ("list", "a.test, good.reg.test", False), ("other", "notgood.reg.test,od.reg.test", True), ("port", "127.0.0.1", True)):
        c.add("A.23", "no_proxy-" + name, images="good.reg.test/good/cuda", env=proxied(no_proxy=value), code=0 if by else 3)
    for name, value, by in (("cidr", "198.51.100.0/24", False), ("cidr-other", "198.51.101.0/24", True), ("address", "198.51.100.7", False)):
        c.add("A.23", "no_proxy-" + name, images="198.51.100.7/good/cuda", env=proxied(https_proxy="http://127.0.0.1:1", no_proxy=value),
              says=by, check=None if by else not_by_proxy)
    for name, value, by in (("six", "2001:db8::7", False), ("six-cidr", "a.test,2001:db8::/33", False), ("six-other", "2001:db8:8000::/33", True)):
        c.add("A.23", "no_proxy-" + name, images="'[2001:db8::7]/good/cuda'", env=proxied(https_proxy="http://127.0.0.1:1", no_proxy=value),
              says=by, check=None if by else not_by_proxy)
    c.image("A.23", "good", name="loopback", code=0, env={"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"})


def row_24(c, world):
    if world.ports["six"]:
        six(c, "A.24")
    c.add("A.24", "dead-aaaa", images="localhost:{one}/good/cuda", code=0)  # ::1 comes first and nobody listens there
    for name, text in (("percent", "127.0.0.1%2f@evil.example/cuda"), ("bracket", "[::1/cuda"), ("zone", "[fe80::1%25lo]/cuda"), ("userinfo", "me:canary@127.0.0.1:{one}/cuda"),
                       ("empty", "[]/cuda"), ("v4", "[127.0.0.1]:{one}/cuda"), ("unicode", "\u2460\u2461\u2466.0.0.1:{one}/good/cuda"), ("port", "127.0.0.1:99999/x/cuda")):
        c.add("A.24", "odd-" + name, images="'%s'" % text, code=2)


def six(c, row):
    c.add(row, "six", images="'[::1]:{six}/good/cuda'", code=0)
    c.add(row, "six-loop", images="'[::1]:{six}/six/cuda'")
    c.add(row, "six-inspect", images="x/y", code=1, command=("inspect", "[::1]:{six}/good/cuda:1"))
    c.add(row, "six-refused", images="'[::1]:1/x/cuda'")


def only_six(world):
    """Where there is no IPv4 at all."""
    from_list = List()
    six(from_list, "A.24-only")
    return from_list.all


def row_25(c, world):
    c.image("A.25", "token", code=0)
    c.image("A.25", "expired", code=0)
    c.image("A.25", "tokenloop", check=times(3, TAG))
    c.image("A.25", "ahead")
    c.image("A.25", "behind")
    if shutil.which("faketime"):
        c.add("A.25", "day-ahead", images="good.reg.test/good/cuda", env=proxied(), before=("faketime", "-f", "+60d"))
        c.add("A.25", "day-behind", images="good.reg.test/good/cuda", env=proxied(), before=("faketime", "-f", "-2d"))


def row_26(c, world):
    c.own("A.26", "moves", "moves-generate", first=(GENERATE,), code=0, check=times(1))
    c.own("A.26", "moves", "moves-check", first=(GENERATE,), command=CHECK, code=1)


def row_27(c, world):
    c.image("A.27", "alternates", code=0, check=times(1, TAG))
    c.layers("A.27", "alternates", code=1, check=by_digest)


def row_28(c, world):
    for name, key in (("longer", "{H}0"), ("prefixed", "x{H}"), ("hostonly", "127.0.0.1"), ("path", "evil.example/{H}"), ("other-repository", "{H}/basic/key-other-repositor")):
        c.own("A.28", "basic", "key-" + name, files={"home/.docker/config.json": '{{"auths":{{"%s":{{"auth":"bWU6Y2FuYXJ5"}}}}}}' % key}, check=unsent)
    helper = "home/bin/docker-credential-x"
    store = {"home/.docker/config.json": '{{"credsStore":"x","auths":{{"{H}":{{"auth":"bWU6Y2FuYXJ5"}}}}}}'}
    path = {"PATH": "{dir}/home/bin:/usr/bin:/bin"}
    scripts = {
        "garbage": "head -c 3000 /dev/urandom",
        "endless": "exec cat /dev/zero",
        "long": "head -c 100000 /dev/zero | tr '\\0' ' '; echo '{{}}'",
        "hangs": "exec sleep 30",
        "stubborn": "trap '' TERM; sleep 30 & wait; sleep 30",
        "fails": "printf 'no keyring \\033[31m here' >&2; exit 3",
        "leaks": "echo '{{\"Username\":\"me\",\"Secret\":\"canary\"}}'; echo locked >&2; exit 1",
        "killed": "kill -9 $$",
        "array": "echo '[]'",
        "nousername": "echo '{{\"Secret\":\"canary\"}}'",
        "injects": "printf '%%s' '{{\"Username\":\"me\\r\\nX-Evil: 1\",\"Secret\":\"canary\"}}'",
    }
    for name, script in scripts.items():
        c.own("A.28", "basic", "helper-" + name, files={**store, helper: "#!/bin/sh\n%s\n" % script}, env=path,
              check=None if name == "injects" else unsent)
    good = "#!/bin/sh\necho '{{\"Username\":\"me\",\"Secret\":\"canary\"}}'\n"
    c.own("A.28", "basic", "helper-missing", files=store, check=unsent)
    c.own("A.28", "basic", "helper-not-executable", files={**store, helper: good}, modes={helper: 0o644}, env=path, check=unsent)
    c.own("A.28", "basic", "helper-writable", files={**store, helper: good}, modes={helper: 0o757}, env=path, check=unsent)
    c.own("A.28", "basic", "helper-folder-writable", files={**store, helper: good}, modes={"home/bin": 0o777}, env=path, check=unsent)
    c.own("A.28", "basic", "helper-relative", files={**store, "p/docker-credential-x": good}, env={"PATH": ".:/usr/bin:/bin"}, check=unsent)
    c.own("A.28", "basic", "helper-empty-path", files={**store, "p/docker-credential-x": good}, env={"PATH": ":/usr/bin:/bin"}, check=unsent)
    c.own("A.28", "basic", "helper-odd-name", files={"home/.docker/config.json": '{{"credsStore":"../../../bin/sh"}}'}, check=unsent)
    c.own("A.28", "far307", "mode-0644", modes={"home/.docker/config.json": 0o644}, code=0, notes=(
        "warning: '{dir}/home/.docker/config.json' holds a login and is open to others (mode 0644); `chmod 600` closes it",))
    c.own("A.28", "basic", "netrc-0644", files={"home/.netrc": "machine 127.0.0.1 login me password canary\n"}, modes={"home/.netrc": 0o644}, notes=(
        "warning: '{dir}/home/.netrc' holds a login and is open to others (mode 0644); `chmod 600` closes it",))
    c.own("A.28", "basic", "nojson", files={"home/.docker/config.json": '{{"auths": canary'}, check=unsent)


def beyond(c, world):
    for breach in ("forbidden", "teapot", "partial", "unchanged", "nocontent", "oddstatus", "nochallenge", "digestauth", "injects", "signed"):
        c.image("beyond", breach)
    c.page("beyond", "odd", code=0)
    c.page("beyond", "empty")
    c.page("beyond", "forbidden")
    c.page("beyond", "jsonhash")
    c.page("beyond", "base", code=0)
    c.add("beyond", "inward", images="good.reg.test/good/cuda", torch="http://whl.reg.test/whl/inward", code=1, check=no_file,
          env=proxied(http_proxy="http://me:canary@127.0.0.1:{proxy_login}"))
    for name in http2.BREACHES:
        c.add("beyond", "h2-" + name, images="h2-%s.reg.test/good/cuda" % name, env=proxied(CUDABUILD_NETWORK_TIMEOUT="4s"), code=0 if name == "good" else 3,
              says=name not in ("pings", "emptydata", "trailers"))  # how fast they come decides whether it stalls or is over
    for name in ("self", "pages", "far", "plain", "userinfo", "file", "number", "deep", "items", "names", "endless", "redirects"):
        c.add("beyond", "hub-" + name, breach=name, images="docker.io/%s/cuda" % name, command=CHECK, env=proxied(CUDABUILD_NETWORK_TIMEOUT="20s"),
              code=1 if name == "names" else 3, keeps="/v2/namespaces/pages/")
    c.add("beyond", "hub-half", breach="half", images="docker.io/half/cuda", command=CHECK, env=proxied(), code=1, check=listed_by_registry)
    c.own("beyond", "basic", "helper-lingers", files={
        "home/.docker/config.json": '{{"credsStore":"x"}}',
        "home/bin/docker-credential-x": "#!/bin/sh\nsleep 30 &\necho '{{\"Username\":\"you\",\"Secret\":\"x\"}}'\n"},
        env={"PATH": "{dir}/home/bin:/usr/bin:/bin"})
    c.add("beyond", "odd-timeout", images="{H}/good/cuda", env={"CUDABUILD_STALL_TIMEOUT": "soon"}, code=2)
    c.add("beyond", "userinfo-torch", images="{H}/good/cuda", torch="http://me:canary@{H}/whl/good", code=2)
    c.add("beyond", "userinfo-env", images="{H}/good/cuda", torch="http://{H}/whl/good", env={"PIP_INDEX_URL": "http://me:canary@{H}/whl/forbidden"}, code=0)
