"""images: layers and images as archives and layouts, made by hand."""
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile

CONFIG = {"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/usr/bin"], "User": "1000"}}


class Layer:
    """A tar in memory: entries by kind."""

    def __init__(self, *entries):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for entry in entries:
                entry(tar)
        self.tar = out.getvalue()


def everything(root):
    return lambda tar: tar.add(root, arcname=".")


def only(root, name):
    return lambda tar: tar.add(os.path.join(root, name), arcname=name)


def file(name, data=b""):
    def add(tar):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return add


def link(name, target, kind=tarfile.SYMTYPE):
    def add(tar):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        tar.addfile(info)
    return add


def folder(name):
    def add(tar):
        info = tarfile.TarInfo(name)
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(info)
    return add


def sha(data):
    return hashlib.sha256(data).hexdigest()


def save_old(layers, config=None, last=True):
    """What docker save wrote up to 24: ID/layer.tar, the manifest at the end."""
    config = json.dumps(config or CONFIG).encode()
    names = [f"{sha(layer.tar + bytes([i]))}/layer.tar" for i, layer in enumerate(layers)]
    manifest = file("manifest.json", json.dumps([{"Config": sha(config) + ".json", "RepoTags": ["x:1"],
                                                  "Layers": names}]).encode())
    members = [file(name, layer.tar) for name, layer in reversed(list(zip(names, layers)))]
    members.append(file(sha(config) + ".json", config))
    return Layer(*([*members, manifest] if last else [manifest, *members])).tar


def save_several(*images):
    """What docker save writes of several: (NAME, layers, config)."""
    members, manifest = [], []
    for name, layers, config in images:
        config = json.dumps(config or CONFIG).encode()
        names = [f"{sha(layer.tar + name.encode() + bytes([i]))}/layer.tar" for i, layer in enumerate(layers)]
        members += [file(n, layer.tar) for n, layer in zip(names, layers)] + [file(sha(config) + ".json", config)]
        manifest.append({"Config": sha(config) + ".json", "RepoTags": [name], "Layers": names})
    return Layer(*members, file("manifest.json", json.dumps(manifest).encode())).tar


def save_oldest(*images):
    """What docker save wrote before 1.10: a chain of ID/{json,layer.tar} and the file repositories. (NAME, layers)."""
    members, repositories = [], {}
    for name, layers in images:
        repo, tag = name.split(":")
        parent = None
        for i, layer in enumerate(layers):
            mine = sha(layer.tar + name.encode() + bytes([i]))
            text = {"id": mine, **({"parent": parent} if parent else {}), **CONFIG}
            members += [file(f"{mine}/VERSION", b"1.0"), file(f"{mine}/json", json.dumps(text).encode()),
                        file(f"{mine}/layer.tar", layer.tar)]
            parent = mine
        repositories.setdefault(repo, {})[tag] = parent
    return Layer(*members, file("repositories", json.dumps(repositories).encode())).tar


def blobs_of(layers, packing, nested=False, config=None):
    """Blobs of an OCI layout by their path, and its index."""
    blobs = {}

    def put(data, **more):
        blobs[f"blobs/sha256/{sha(data)}"] = data
        return {"digest": "sha256:" + sha(data), "size": len(data), "mediaType": "x", **more}
    packed = [packing(layer.tar) for layer in layers]
    manifest = {"schemaVersion": 2, "config": put(json.dumps(config or CONFIG).encode()),
                "layers": [put(data) for data in packed]}
    entry = put(json.dumps(manifest).encode(), platform={"os": "linux", "architecture": "amd64"})
    if nested:
        other = dict(put(b'{"schemaVersion": 2, "layers": []}'), platform={"os": "linux", "architecture": "s390x"})
        attest = dict(put(b'{"schemaVersion": 2, "layers": [ ]}'), platform={"os": "unknown", "architecture": "unknown"})
        entry = put(json.dumps({"schemaVersion": 2, "manifests": [attest, other, entry]}).encode())
    return blobs, json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()


def layout_tar(layers, packing=lambda data: data, **more):
    blobs, index = blobs_of(layers, packing, **more)
    return Layer(*[file(name, data) for name, data in blobs.items()], file("oci-layout", b'{"imageLayoutVersion": "1.0.0"}'),
                 file("index.json", index)).tar


def layout_dir(work, layers, packing=lambda data: data, spoil=None, **more):
    blobs, index = blobs_of(layers, packing, **more)
    root = os.path.join(work, "layout")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "blobs/sha256"))
    for name, data in {**blobs, "oci-layout": b"{}", "index.json": index}.items():
        with open(os.path.join(root, name), "wb") as f:
            f.write(data)
    if spoil:
        spoil(root)
    return root


def zstd(data):
    return subprocess.run(["zstd", "-q"], input=data, stdout=subprocess.PIPE, check=True).stdout
