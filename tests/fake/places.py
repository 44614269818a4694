"""places.py — what the world's registries and indexes answer, as the catalog's rows (src/data) say it: for tests/fake/world.

answer(host, method, target, headers) gives (status, headers, body). Hosts by name: nvcr.io, registry-1.docker.io, auth.docker.io,
production.cloudflare.docker.com, hub.docker.com, download.pytorch.org, data.pyg.org, index.example, files.example. Asked by an address
(127.0.0.1:PORT), the path decides: /v2/ is an open registry, /whl/ PyTorch, /pyg/ PyG, /simple/ and /files/ the plain index."""
import base64
import csv
import hashlib
import html
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import urllib.parse

REPO = pathlib.Path(__file__).resolve().parents[2]
EXTENSIONS = ["torch_sparse.csv", "torch_scatter.csv", "torch_cluster.csv", "torch_spline_conv.csv", "pyg_lib.csv"]
INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
SIMPLE = "application/vnd.pypi.simple.v1+json"

# Variant wheels as the draft PEPs describe them (the true index of the experiment lists such).
VARIANTS = {
    "$schema": "https://variants-schema.wheelnext.dev/v0.0.3.json",
    "default-priorities": {"namespace": ["nvidia"], "feature": {"nvidia": ["cuda_version_lower_bound", "sm_arch"]}, "property": {}},
    "providers": {"nvidia": {"plugin-api": "nvidia_variant_provider.plugin:NvidiaVariantPlugin", "requires": ["nvidia-variant-provider"]}},
    "variants": {
        "cu126": {"nvidia": {"cuda_version_lower_bound": ["12.6"], "sm_arch": ["70_real", "80_real", "90_real"]}},
        "cu130": {"nvidia": {"cuda_version_lower_bound": ["13.0"], "sm_arch": ["80_real", "100_real", "120_real", "120_virtual"]}},
        "null": {},
    },
}
VARIANT_FILES = [f"torch-2.9.0-cp312-cp312-manylinux_2_28_x86_64{label}.whl" for label in ("", "-cu126", "-cu130", "-null")]


def load_standin():
    loader = importlib.machinery.SourceFileLoader("standin", str(REPO / "tests/standin/nvidia"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("standin", loader))
    loader.exec_module(module)
    return module


def rows(name):
    with open(REPO / "src/data" / name, newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def python_tags(pythons):
    """("cp311", "cp311") of "3.11", ("cp37", "cp37m"), ("cp313", "cp313t")."""
    for name in pythons.split():
        major, minor = name.rstrip("t").split(".")
        tag = f"cp{major}{minor}"
        yield tag, tag + ("t" if name.endswith("t") else "mu" if major == "2" else "m" if int(minor) < 8 else "")


def torch_files():
    """{variant: [file]} of the PyTorch index, and the files of the plain index."""
    pages, plain = {}, []
    for row in rows("torch.csv"):
        for python, abi in python_tags(row["pythons"]):
            name = f"torch-{row['version']}{row['label']}-{python}-{abi}-{row['file_tag']}.whl"
            (plain if row["channel"] == "pypi" else pages.setdefault(row["variant"], [])).append(name)
    return pages, plain


def extension_files():
    """{"torch-2.7.0+cu128": [file]} of PyG's pages."""
    machine = {"amd64": "linux_x86_64", "arm64": "linux_aarch64", "windows": "win_amd64", "macos": "macosx_11_0_universal2"}
    pages = {}
    for table in EXTENSIONS:
        for row in rows(table):
            page = pages.setdefault(f"torch-{row['torch']}.0+{row['variant']}", [])
            for python, abi in python_tags(row["pythons"]):
                for platform in row["platforms"].split():
                    page.append(f"{table[:-4]}-{row['version']}{row['label']}-{python}-{abi}-{machine[platform]}.whl")
    return pages


def link(text):
    return urllib.parse.quote(text, safe="/")


class World:
    def __init__(self, limit=None, empty=None, page=100):
        self.standin = load_standin()
        self.tags = [row["tag"] for row in rows("tags.csv")]
        self.arches = {row["tag"]: row["arches"].split() or ["amd64"] for row in rows("tags.csv")}
        self.gone = {row["tag"] for row in rows("tags.csv") if row["presence"] == "removed"}
        self.systems = {row["image"] for row in rows("os_images.csv") if row["image"]}
        self.torch, self.plain_torch = torch_files()
        self.pyg = extension_files()
        self.blobs = {}
        self.made = {}
        self.pulls = limit  # left of Docker Hub's limit; None: none is counted
        self.page = page    # tags of a page of a registry
        self.empty = empty  # PyG's page that holds nothing

    # --- images ---

    def keep(self, data):
        name = digest(data)
        self.blobs[name] = data
        return name

    def image(self, tag, arch):
        config = {"architecture": arch, "os": "linux", "created": "2025-01-01T00:00:00Z", "config": {"Env": []},
                  "rootfs": {"type": "layers", "diff_ids": []}}
        if re.match(r"\d+\.\d+(\.\d+)?-(cudnn\d*-)?(base|runtime|devel)-[a-z0-9.]+$", tag):
            version, flavor, _ = self.standin.parse_tag(tag)
            config["config"]["Env"] = self.standin.environment(version, flavor, arch)
        text = dump(config)
        return dump({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json", "size": len(text), "digest": self.keep(text)}})

    def manifest(self, repository, tag):
        """The bytes and type behind a tag, or None."""
        key = repository, tag
        if key in self.made:
            return self.made[key]
        single = False
        if repository == "nvidia/cuda":
            if tag not in self.arches:
                return None
            arches = [a for a in self.arches[tag] if a in ("amd64", "arm64")]
            single = self.standin.version_key(re.match(r"[\d.]+", tag)[0]) < (11, 4, 0)
        elif f"{repository.removeprefix('library/')}:{tag}" in self.systems:
            arches = ["amd64", "arm64"]
        else:
            return None
        if single:
            body, kind = self.image(tag, arches[0]), MANIFEST
        else:
            entries = []
            for arch in arches:
                body = self.image(tag, arch)
                entries.append({"mediaType": MANIFEST, "size": len(body), "digest": self.keep(body),
                                "platform": {"architecture": arch, "os": "linux"}})
            body, kind = dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}), INDEX
        self.keep(body)
        self.made[key] = body, kind
        return self.made[key]

    def registry(self, host, path, query, headers, absent):
        if path == "/v2/":
            return 200, {"Docker-Distribution-Api-Version": "registry/2.0"}, b"{}"
        match = re.fullmatch(r"/v2/(.+)/(manifests|blobs|tags)/([^/]+)", path)
        if not match:
            return 404, {}, dump({"errors": [{"code": "UNSUPPORTED"}]})
        repository, what, name = match.groups()
        if what == "tags":
            return self.tag_page(path, query, repository, absent)
        if what == "blobs":
            data = self.blobs.get(name)
            return (200, {"Content-Type": "application/octet-stream", "Docker-Content-Digest": name}, data) if data else (
                404, {}, dump({"errors": [{"code": "BLOB_UNKNOWN"}]}))
        if name.startswith("sha256:"):
            found = (self.blobs[name], json.loads(self.blobs[name]).get("mediaType", MANIFEST)) if name in self.blobs else None
        else:
            found = None if repository == "nvidia/cuda" and name in absent else self.manifest(repository, name)
        if not found:
            return 404, {"Content-Type": "application/json"}, dump({"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown",
                                                                             "detail": {"Tag": name}}]})
        body, kind = found
        etag = '"%s"' % digest(body)
        head = {"Content-Type": kind, "Docker-Content-Digest": digest(body), "ETag": etag}
        if headers.get("if-none-match") == etag:
            return 304, head, b""
        return 200, head, body

    def tag_page(self, path, query, repository, absent):
        if repository != "nvidia/cuda":
            return 404, {}, dump({"errors": [{"code": "NAME_UNKNOWN"}]})
        names = sorted(set(self.tags) - set(absent))
        size = min(int(query.get("n", self.page)), self.page)
        first = next((i for i, name in enumerate(names) if name > query.get("last", "")), len(names))
        page = names[first:first + size]
        head = {"Content-Type": "application/json"}
        if first + size < len(names):
            head["Link"] = f'<{path}?{urllib.parse.urlencode({"last": page[-1], "n": size})}>; rel="next"'
        return 200, head, dump({"name": repository, "tags": page})

    # --- nvcr.io ---

    def at_nvcr_io(self, path, query, headers):
        if path == "/proxy_auth":
            scope = query.get("scope", "")
            if "push" in scope or not scope.startswith("repository:nvidia/cuda:"):
                return 401, {"Content-Type": "text/html"}, b"<html>401 Authorization Required</html>"
            return 200, {"Content-Type": "text/plain;charset=UTF-8"}, dump({"token": "nvcr-" + "x" * 40, "expires_in": 900})
        given = headers.get("authorization", "")
        if given == "Bearer nvcr-" + "x" * 40:
            return self.registry("nvcr.io", path, query, headers, ())
        if given.startswith("Bearer "):
            return 401, {"WWW-Authenticate": 'Bearer realm="https://authn.nvidia.com/token",error="invalid_token"'}, b""
        match = re.fullmatch(r"/v2/(.+)/(manifests|blobs|tags)/[^/]+", path)
        scope = f',scope="repository:{match[1]}:pull,push"' if match else ""
        return 401, {"Content-Type": "text/html", "WWW-Authenticate": f'Bearer realm="https://nvcr.io/proxy_auth"{scope}'}, \
            b"<html><head><title>401 Authorization Required</title></head></html>"

    # --- Docker Hub ---

    def at_auth_docker_io(self, path, query, headers):
        if path != "/token" or query.get("service") != "registry.docker.io":
            return 400, {}, b"{}"
        token = "hub-" + base64.urlsafe_b64encode(query.get("scope", "").encode()).decode()
        return 200, {"Content-Type": "application/json"}, dump(
            {"token": token, "access_token": token, "expires_in": 300, "issued_at": "2026-11-28T00:00:00Z"})

    def at_registry_1_docker_io(self, path, query, headers):
        match = re.fullmatch(r"/v2/(.+)/(manifests|blobs|tags)/[^/]+", path)
        scope = f"repository:{match[1]}:pull" if match else ""
        want = "Bearer hub-" + base64.urlsafe_b64encode(scope.encode()).decode()
        if headers.get("authorization") != want:
            return 401, {"Content-Type": "application/json", "Docker-Distribution-Api-Version": "registry/2.0",
                         "WWW-Authenticate": 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"' +
                         (f',scope="{scope}"' if scope else "")}, dump(
                {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required", "detail": None}]})
        if match and match[2] == "blobs":
            where = path.rsplit("/", 1)[1]
            return 307, {"Location": f"https://production.cloudflare.docker.com/registry-v2/docker/{where}?verify=1"}, b""
        rate = {}
        if match and match[2] == "manifests" and self.pulls is not None:
            if headers[":method"] == "GET" and self.pulls == 0:
                return 429, {"Content-Type": "application/json", "Retry-After": "21600"}, dump({"errors": [{
                    "code": "TOOMANYREQUESTS", "message": "You have reached your unauthenticated pull rate limit. "
                    "https://www.docker.com/increase-rate-limit"}]})
            self.pulls -= headers[":method"] == "GET"
            rate = {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": f"{self.pulls};w=21600",
                    "docker-ratelimit-source": "192.0.2.1"}
        status, head, body = self.registry("docker.io", path, query, headers, self.gone)
        return status, {**head, **rate}, body

    def at_production_cloudflare_docker_com(self, path, query, headers):
        if "authorization" in headers:
            return 400, {}, b"Only one auth mechanism allowed"
        data = self.blobs.get(path.rsplit("/", 1)[1])
        return (200, {"Content-Type": "application/octet-stream"}, data) if data else (404, {}, b"")

    def at_hub_docker_com(self, path, query, headers):
        if path != "/v2/namespaces/nvidia/repositories/cuda/tags":
            return 404, {"Content-Type": "application/json"}, dump({"message": "object not found"})
        names = [tag for tag in reversed(self.tags) if tag not in self.gone]
        size, page = min(int(query.get("page_size", 10)), 100), int(query.get("page", 1))
        shown = names[(page - 1) * size:page * size]
        results = []
        for tag in shown:
            body, kind = self.manifest("nvidia/cuda", tag)
            images = [{"architecture": arch, "variant": None, "os": "linux", "os_version": None, "digest": digest(self.image(tag, arch)),
                       "size": 1, "status": "active", "last_pulled": None, "last_pushed": None} for arch in self.arches[tag]]
            results.append({"name": tag, "full_size": 1, "last_updated": "2026-01-01T00:00:00Z", "tag_status": "active", "images": images,
                            "digest": digest(body), "media_type": kind, "content_type": "image"})
        url = f"https://hub.docker.com{path}?page={{}}&page_size={size}"
        return 200, {"Content-Type": "application/json", "X-RateLimit-Limit": "180", "X-RateLimit-Remaining": "179"}, dump(
            {"count": len(names), "next": url.format(page + 1) if page * size < len(names) else None,
             "previous": url.format(page - 1) if page > 1 else None, "results": results})

    # --- indexes ---

    def file(self, path, headers):
        body = f"wheel {urllib.parse.unquote(path).rsplit('/', 1)[1]}\n".encode()
        etag = '"%s"' % hashlib.md5(body).hexdigest()
        if headers.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"Content-Type": "binary/octet-stream", "ETag": etag}, body

    def page_of(self, text, headers, kind="text/html"):
        body = text.encode()
        etag = '"%s"' % hashlib.md5(body).hexdigest()
        if headers.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"Content-Type": kind, "ETag": etag}, body

    def at_download_pytorch_org(self, path, query, headers, root="/whl"):
        path = urllib.parse.unquote(path)
        if path.endswith(".whl"):
            return self.file(path, headers)
        if path == "/whl/torch/":
            return self.page_of("<!DOCTYPE html><html><body>" + "".join(
                f'<a href="{root}/{name}">{name}</a><br/>' for name in VARIANT_FILES + ["torch-2.9.0-variants.json"]), headers)
        if path == "/whl/torch-2.9.0-variants.json":
            return self.page_of(json.dumps(VARIANTS), headers, "application/json")
        match = re.fullmatch(r"/whl/([a-z0-9]+)/torch/", path)
        if not match or match[1] not in self.torch:
            return 403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code></Error>"
        lines = [f'    <a href="{root}/{match[1]}/{link(name)}#sha256={hashlib.sha256(f"wheel {name}{chr(10)}".encode()).hexdigest()}" '
                 f'data-dist-info-metadata="true">{html.escape(name)}</a><br/>' for name in self.torch[match[1]]]
        return self.page_of("<!DOCTYPE html>\n<html>\n  <body>\n    <h1>Links for torch</h1>\n" + "\n".join(lines) +
                            "\n  </body>\n</html>\n<!--TIMESTAMP 1764000000-->\n", headers)

    def at_data_pyg_org(self, path, query, headers):
        path = urllib.parse.unquote(path)
        if path.endswith(".whl"):
            return self.file(path, headers)
        match = re.fullmatch(r"/whl/(torch-(\d+\.\d+)\.\d+\+(\w+))\.html", path)
        page = match and f"torch-{match[2]}.0+{match[3]}"
        if page and page == self.empty:
            return self.page_of("<!DOCTYPE html><html><body></body></html>", headers)
        if page not in self.pyg:
            return 404, {"Content-Type": "text/html"}, b"<html><body>404 Not Found</body></html>"
        lines = [f'<a href="{link(page)}/{link(name)}">{html.escape(name)}</a><br/>' for name in self.pyg[page]]
        return self.page_of("<!DOCTYPE html><html><body>\n" + "\n".join(lines) + "\n</body></html>\n", headers)

    def at_index_example(self, path, query, headers, files="https://files.example/packages"):
        match = re.fullmatch(r"/simple/([a-z0-9-]+)/", path)
        names = {"torch": self.plain_torch, "torch-sparse": self.sdists("torch_sparse"), "torch-scatter": self.sdists("torch_scatter")}
        if not match or match[1] not in names:
            return 404, {"Content-Type": "text/html"}, b"404 Not Found"
        found = [(name, f"{files}/{link(name)}", hashlib.sha256(f"wheel {name}\n".encode()).hexdigest()) for name in names[match[1]]]
        if SIMPLE in headers.get("accept", ""):
            return self.page_of(dump({"meta": {"api-version": "1.4"}, "name": match[1], "files": [
                {"filename": name, "url": url, "hashes": {"sha256": sha}, "yanked": False, "requires-python": ">=3.7", "size": 9}
                for name, url, sha in found]}).decode(), headers, SIMPLE)
        return self.page_of("<!DOCTYPE html><html><body>" + "".join(
            f'<a href="{url}#sha256={sha}">{name}</a><br/>' for name, url, sha in found) + "</body></html>", headers)

    def at_files_example(self, path, query, headers):
        return self.file(path, headers)

    def sdists(self, package):
        table = "requirements.csv" if package == "torch_sparse" else "torch_scatter.csv"
        versions = sorted({row.get("last") or row.get("version") for row in rows(table)} | {"0.6.18" if package == "torch_sparse" else "2.1.2"})
        return [f"{package}-{version}.tar.gz" for version in versions]

    # --- all of it ---

    def answer(self, host, method, target, headers):
        path, _, text = target.partition("?")
        query = dict(urllib.parse.parse_qsl(text))
        headers = {**headers, ":method": method}
        known = getattr(self, "at_" + host.split(":")[0].replace(".", "_").replace("-", "_"), None)
        if known:
            return known(path, query, headers)
        if path.startswith("/v2/"):
            return self.registry(host, path, query, headers, ())
        if path.startswith("/whl/"):
            return self.at_download_pytorch_org(path, query, headers)
        if path.startswith("/pyg/"):
            return self.at_data_pyg_org(path.replace("/pyg/", "/whl/", 1), query, headers)
        if path.startswith("/simple/"):
            return self.at_index_example(path, query, headers, f"http://{host}/files")
        if path.startswith("/files/"):
            return self.file(path, headers)
        return 404, {}, b""
