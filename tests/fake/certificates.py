"""Certificates for 127.0.0.1, sound and unsound, and the TLS contexts that show them: make(FOLDER) yields (name, context)."""
import datetime
import pathlib
import ssl
import subprocess

CONFIG = """[ca]
default_ca = it
[it]
dir = {folder}
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = test
[here]
subjectAltName = IP:127.0.0.1, DNS:localhost, DNS:*.reg.test, DNS:hub.docker.com, DNS:registry-1.docker.io, DNS:auth.docker.io
[elsewhere]
subjectAltName = DNS:other.example
[client]
subjectAltName = IP:127.0.0.1, DNS:*.reg.test
extendedKeyUsage = clientAuth
[authority]
basicConstraints = critical, CA:true
"""
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
WEAK_KEY = ["-newkey", "rsa:1024", "-nodes"]


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stamp(days):
    return (datetime.datetime.utcnow() + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


class Maker:
    def __init__(self, folder):
        self.folder = folder
        (folder / "index").write_text("")
        (folder / "serial").write_text("01\n")
        self.config = str(folder / "config")
        pathlib.Path(self.config).write_text(CONFIG.format(folder=folder))

    def path(self, name):
        return str(self.folder / name)

    def authority(self, name):
        openssl("req", "-x509", *NEW_KEY, "-keyout", self.path(name + ".key"), "-out", self.path(name + ".crt"), "-days", "30",
                "-subj", "/CN=" + name, "-config", self.config, "-extensions", "authority")

    def one(self, name, authority="ca", section="here", begin=-1, end=30, md="sha256", key=None):
        openssl("req", "-new", *(key or NEW_KEY), "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"), "-subj", "/CN=" + name,
                "-config", self.config)
        openssl("ca", "-batch", "-notext", "-config", self.config, "-cert", self.path(authority + ".crt"), "-keyfile", self.path(authority + ".key"),
                "-in", self.path(name + ".csr"), "-out", self.path(name + ".crt"), "-extensions", section, "-md", md,
                "-startdate", stamp(begin), "-enddate", stamp(end))

    def selfsigned(self):
        openssl("req", "-x509", *NEW_KEY, "-keyout", self.path("selfsigned.key"), "-out", self.path("selfsigned.crt"), "-days", "30",
                "-subj", "/CN=selfsigned", "-config", self.config, "-extensions", "here")

    def context(self, name, certificate=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if name in ("weakkey", "weakhash"):
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if name == "tls11":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        if name == "wantsclient":
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("ca.crt"))
        certificate = certificate or name
        context.load_cert_chain(self.path(certificate + ".crt"), self.path(certificate + ".key"))
        return name, context


def make(folder):
    """FOLDER/ca.crt is the authority of those that are sound."""
    m = Maker(folder)
    m.authority("ca")
    m.authority("stranger")
    m.one("good")
    m.one("expired", begin=-30, end=-1)
    m.one("future", begin=1, end=30)
    m.one("wronghost", section="elsewhere")
    m.one("unknownca", authority="stranger")
    m.one("clientonly", section="client")
    m.one("weakkey", key=WEAK_KEY)
    m.one("weakhash", md="sha1")
    m.selfsigned()
    for name in ("good", "expired", "future", "wronghost", "unknownca", "clientonly", "weakkey", "weakhash", "selfsigned"):
        yield m.context(name)
    yield m.context("tls11", "good")
    yield m.context("wantsclient", "good")
    name, context = m.context("h2", "good")
    context.set_alpn_protocols(["h2"])
    yield name, context
