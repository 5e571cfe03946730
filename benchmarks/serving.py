"""OCSP over HTTP: responses per second and how long the slowest hundredth waits, cached and freshly signed.

The server is a process of its own, held to one core; the clients keep their connections and share the other core. The
yardstick of the freshly signed ones is the bare RSA signature, of the cached ones the same server answering ``/pds``.
"""

from __future__ import annotations

import base64
import http.client
import os
import subprocess
import sys
import threading
import time
from functools import cache
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.revocation.ocsp import build_request
from pkitools.x509.path_certificate import load_cached
from pkitools_test_pki.algorithms import RSA_SHA256

SECONDS = 3.0
CLIENTS = 4
SERVER = """
import sys
from datetime import UTC, datetime
from pkitools_test_pki.keys import KeyPool, fresh_keys
from pkitools_test_pki.pki import build
from pkitools_test_pki.server import PkiServer

now = lambda: datetime.now(UTC).replace(microsecond=0)
keys = KeyPool(lambda kind: fresh_keys("rsa:2048"))
with PkiServer(clock=now, mode=sys.argv[2], keep_responses=sys.argv[1] == "cached", keys=keys) as server:
    pki = build("g1-private", moment=now(), keys=keys, base_url=server.url)
    server.serve(pki)
    leaf = pki.issue("g1-server")
    print(pki["g1-private-tsp"].ocsp_url, leaf.der.hex(), leaf.issuer.der.hex(), flush=True)
    sys.stdin.read()
"""


@cache
def asked(kept: str, mode: str, method: str) -> tuple[float, float]:
    """Return answers per second, and the milliseconds that a hundredth of them takes longer than.

    Args:
        kept: ``cached`` or ``fresh``.
        mode: ``issuer`` or ``delegated``: whose key signs.
        method: ``POST``, ``GET``, or ``PDS`` for a page of the same server.
    """
    core = {min(os.sched_getaffinity(0))}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, kept, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, core),  # noqa: PLW1509 - no thread has been started here
    ) as server:
        assert server.stdout is not None
        url, leaf, issuer = server.stdout.readline().split()
        body = build_request(load_cached(bytes.fromhex(leaf)), load_cached(bytes.fromhex(issuer)))
        try:
            times = _load(url, body, method)
        finally:
            server.communicate()
    times.sort()
    return len(times) / SECONDS, times[int(len(times) * 0.99)] * 1000


def _load(url: str, body: bytes, method: str) -> list[float]:
    parts = urlsplit(url)
    verb, path, sent = {
        "POST": ("POST", parts.path, body),
        "GET": ("GET", f"{parts.path}/{quote(base64.b64encode(body), safe='')}", None),
        "PDS": ("GET", "/pds", None),
    }[method]
    times: list[float] = []

    def ask() -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        ended = time.perf_counter() + SECONDS
        mine = []
        while (started := time.perf_counter()) < ended:
            connection.request(verb, path, sent)
            answer = connection.getresponse()
            octets = answer.read()
            assert answer.status == 200
            assert len(octets) > 60
            mine.append(time.perf_counter() - started)
        connection.close()
        times.extend(mine)

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return times


def signatures() -> float:
    """Return bare RSA 2048 signatures per second, without a server."""
    key, data = rsa.generate_private_key(65537, 2048), b"x" * 200
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < 1:
        RSA_SHA256.sign(key, data)
        count += 1
    return count / (time.perf_counter() - started)
