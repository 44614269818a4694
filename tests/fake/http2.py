"""HTTP/2 that breaks the protocol, frame by frame: BREACHES by name, each what is sent once a request has come."""
import socketserver
import struct
import time

import breaches

HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION, DATA = 1, 3, 4, 5, 6, 7, 8, 9, 0
END_STREAM, END_HEADERS = 1, 4
OK = b"\x88"  # :status 200


def frame(kind, flags=0, stream=1, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def field(name, value):
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def endless(first, *again):
    yield first
    piece = b"".join(again)
    while True:
        yield piece * max(1, 16384 // len(piece))


HEAD = frame(HEADERS, END_HEADERS, body=OK + field(b"docker-content-digest", breaches.digest(breaches.LIST).encode()))
BREACHES = {
    "good": lambda: [HEAD, frame(DATA, END_STREAM, body=breaches.LIST)],
    "continuation": lambda: endless(frame(HEADERS, body=OK), frame(CONTINUATION, body=field(b"x-a", b"a" * 100) * 100)),
    "emptycontinuation": lambda: endless(frame(HEADERS, body=OK), frame(CONTINUATION)),
    "emptydata": lambda: endless(HEAD, frame(DATA)),
    "endlessdata": lambda: endless(HEAD, frame(DATA, body=b"x" * 16000)),
    "pings": lambda: endless(HEAD, frame(PING, stream=0, body=b"12345678")),
    "settings": lambda: endless(HEAD, frame(SETTINGS, stream=0, body=struct.pack(">HI", 3, 100))),
    "goaway": lambda: [frame(GOAWAY, stream=0, body=struct.pack(">II", 0, 11))],
    "reset": lambda: [frame(RST_STREAM, body=struct.pack(">I", 2))],
    "refused": lambda: [frame(RST_STREAM, body=struct.pack(">I", 7))],
    "push": lambda: [frame(PUSH_PROMISE, END_HEADERS, body=struct.pack(">I", 2) + OK)],
    "hugeframe": lambda: endless(b"\xff\xff\xff" + bytes([DATA, 0]) + struct.pack(">I", 1), b"x" * 1000),
    "manyheaders": lambda: [frame(HEADERS, END_HEADERS, body=OK + b"".join(field(b"x", b"%d" % i) for i in range(2000)))],
    "badindex": lambda: [frame(HEADERS, END_HEADERS, body=b"\xff\xff\xff\x7f")],
    "window": lambda: [frame(WINDOW_UPDATE, stream=0, body=struct.pack(">I", 0x7FFFFFFF)) * 2, HEAD],
    "nohead": lambda: [frame(DATA, END_STREAM, body=breaches.LIST)],
    "trailers": lambda: endless(HEAD, frame(HEADERS, END_HEADERS, body=field(b"x-a", b"b"))),
    "silent": lambda: [HEAD, None],
    "short": lambda: [frame(HEADERS, END_HEADERS, body=OK + field(b"content-length", b"1000")), frame(DATA, END_STREAM, body=b"{}")],
    "long": lambda: [frame(HEADERS, END_HEADERS, body=OK + field(b"content-length", b"1")), frame(DATA, END_STREAM, body=b"{}")],
    "nostatus": lambda: [frame(HEADERS, END_HEADERS, body=field(b"x-a", b"b"))],
    "newline": lambda: [frame(HEADERS, END_HEADERS, body=OK + field(b"x-a", b"b\r\nlocation: http://localhost/stolen")), frame(DATA, END_STREAM, body=b"{}")],
}


class Http2(socketserver.BaseRequestHandler):
    def take(self, n):
        data = b""
        while len(data) < n:
            piece = self.request.recv(n - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data

    def handle(self):
        if self.request.selected_alpn_protocol() != "h2":
            return
        self.take(24)  # the client's preface
        self.request.sendall(frame(SETTINGS, stream=0))
        while True:
            head = self.take(9)
            body = self.take(int.from_bytes(head[:3], "big"))
            if head[3] == SETTINGS and not head[4] & 1:
                self.request.sendall(frame(SETTINGS, 1, 0))
            if head[3] == HEADERS and body is not None:
                self.answer(int.from_bytes(head[5:9], "big"))

    def answer(self, stream):
        for piece in BREACHES[self.server.label[len("tls-h2-"):]]():
            if piece is None:
                time.sleep(600)
            self.request.sendall(piece if stream == 1 else piece.replace(struct.pack(">I", 1), struct.pack(">I", stream)))
