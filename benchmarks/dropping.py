"""A certificate that is dropped on the page, from the browser's request to its last octet, beside its bare judgement.

The browser keeps its connection, as browsers do; the page is a process of its own.
"""

from __future__ import annotations

import atexit
import http.client
import re
import statistics
import subprocess
import sys
import time
from functools import cache
from typing import Final

from benchmarks.harness import MissingError, Work
from benchmarks.inputs import MOMENT, world
from pkitools.checking import Revocation, check_file
from pkitools.requests.keys import to_pem
from pkitools.revocation import RevocationPolicy

SHAPE: Final = "g4-tls"
TRIES: Final = 40
_BOUNDARY: Final = "a-boundary"


@cache
def dropped_file() -> bytes:
    """Return a certificate with its chain, as it is dropped."""
    of = world(SHAPE)
    return b"".join(to_pem("CERTIFICATE", der) for der in (of.leaf(0), *of.above))


def judged() -> Work:
    """Return the judgement alone, as the page asks for it."""
    data, off = dropped_file(), Revocation(policy=RevocationPolicy.OFF)

    def judge(_: int) -> object:
        return check_file(data, moment=MOMENT, environment="preproduction", revocation=off)

    return judge


def dropped() -> Work:
    """Return the whole of it."""
    (port, headers), body = _opened(), _form()
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def drop(_: int) -> object:
        connection.request("POST", "/check", body, headers)
        answer = connection.getresponse()
        page = answer.read()
        assert answer.status == 200, page
        return page

    return drop


def more() -> float:
    """Return how many milliseconds the page takes more than the judgement alone: the difference of the medians."""
    whole, alone = (_median(work()) for work in (dropped, judged))
    return (whole - alone) * 1e3


def _median(work: Work) -> float:
    work(0)  # what is made the first time
    taken = []
    for number in range(TRIES):
        began = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


@cache
def _opened() -> tuple[int, dict[str, str]]:
    """Return the port of a page in a process of its own, and what a browser that opened it sends from then on."""
    words = [sys.executable, "-m", "pkitools", "page", "--no-browser", "--revocation", "off"]
    process = subprocess.Popen([*words, "--moment", MOMENT.isoformat()], stdout=subprocess.PIPE, text=True)
    atexit.register(_ended, process)
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:(\d+)(/\S+)", process.stdout.readline())
    if found is None:
        raise MissingError("the page could not be opened: is its extra installed?")
    connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
    connection.request("GET", found[2])
    cookie = str(connection.getresponse().getheader("Set-Cookie")).partition(";")[0]
    connection.close()
    return int(found[1]), {
        "Cookie": cookie,
        "Origin": f"http://127.0.0.1:{found[1]}",
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
    }


def _ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _form() -> bytes:
    field = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="environment"\r\n\r\npreproduction\r\n'
    file = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.pem"\r\n\r\n'
    return f"{field}{file}".encode() + dropped_file() + f"\r\n--{_BOUNDARY}--\r\n".encode()
