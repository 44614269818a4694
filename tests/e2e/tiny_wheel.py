#!/usr/bin/env python3
"""tiny_wheel.py FOLDER NAME VERSION CODE: a sound wheel of one module for the Python that runs this; "\\n" in CODE ends a line."""
import base64
import hashlib
import os
import sys
import zipfile

folder, name, version, code = sys.argv[1:]
python = "cp%d%d" % sys.version_info[:2]
tag = "%s-%s-%s" % (python, python, "manylinux_2_28_x86_64" if name == "torch" else "linux_x86_64")
info = "%s-%s.dist-info" % (name, version)
files = {
    name + "/__init__.py": code.replace("\\n", "\n") + "\n",
    info + "/METADATA": "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version),
    info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: %s\n" % tag,
}


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


record = "".join("%s,sha256=%s,%d\n" % (path, digest(text), len(text)) for path, text in files.items())
files[info + "/RECORD"] = record + info + "/RECORD,,\n"
os.makedirs(folder, exist_ok=True)
with zipfile.ZipFile(os.path.join(folder, "%s-%s-%s.whl" % (name, version, tag)), "w") as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)
