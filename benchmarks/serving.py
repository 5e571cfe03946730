"""OCSP over HTTP: responses per second and how long the slowest hundredth waits, cached and freshly signed.

The server is a process of its own, held to one core; the clients keep their connections and share the other core. The
yardstick of the freshly signed ones is the bare RSA signature, of the cached ones the same server answering ``/pds``.
"""

from __future__ import annotations

import base64
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
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


def run() -> list[tuple[str, str]]:
    """Return responses per second, p50 and p99 for each way to be asked."""
    rows = [("bare RSA-2048 signature, one core", f"{_signatures():6.0f} per second")]
    for kept, mode, method, name in (
        ("cached", "delegated", "POST", "cached, POST (goal 500)"),
        ("cached", "delegated", "GET", "cached, GET"),
        ("fresh", "issuer", "POST", "freshly signed by the authority, RSA-2048 (goal 150)"),
        ("fresh", "delegated", "POST", "freshly signed by a delegated responder, RSA-2048"),
    ):
        rows.append((f"OCSP {name}", _asked(kept, mode, method)))
    rows.append(("the same server answering /pds", _asked("cached", "issuer", "PDS")))
    return rows


def _signatures() -> float:
    key, data = rsa.generate_private_key(65537, 2048), b"x" * 200
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < 1:
        RSA_SHA256.sign(key, data)
        count += 1
    return count / (time.perf_counter() - started)


def _asked(kept: str, mode: str, method: str) -> str:
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
    p50, p99 = statistics.median(times), times[int(len(times) * 0.99)]
    return f"{len(times) / SECONDS:6.0f} per second   p50 {p50 * 1000:5.1f} ms   p99 {p99 * 1000:5.1f} ms"


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
