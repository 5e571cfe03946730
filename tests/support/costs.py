"""What reading costs beside the bytes read, measured in a process of its own so that nothing else counts."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path
from typing import Final

MIB: Final = 1024 * 1024
_PATIENCE: Final = 300  # seconds on the wall, for a busy machine
_ROOT: Final = Path(__file__).parents[2]

_SERVER: Final = """
import json, os, signal, sys, time, traceback, tracemalloc

from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support import rsa_keys
from tests.support.der import tlv
from pkitools.errors import PkitoolsError
from pkitools.containers import read_source
from pkitools.crl import read_crl
from pkitools.revocation.ocsp import read_response

rsa.generate_private_key = rsa_keys.generate_private_key
small = bytes(8)
for warm in (lambda: read_source(small, "f"), lambda: read_crl(small), lambda: read_response(small)):
    try:
        warm()
    except PkitoolsError:
        pass

def yardstick(compared):
    # work of the same kind, traced alike: what a slow or busy machine does to this it does to what is measured
    if not compared:
        return 1.0
    began = time.process_time()
    json.loads(json.dumps([{"a": [str(n), n, None]} for n in range(1_000)]))
    return 10 * (time.process_time() - began)

def measured(make, read, compared):
    exec(make, globals())
    work = compile(read, "read", "eval")
    tracemalloc.start()
    before = yardstick(compared)
    tracemalloc.reset_peak()
    code, started = "", time.process_time()
    try:
        result = eval(work)
    except PkitoolsError as error:
        code = error.code
    took, memory = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    return [memory, took / max(before, yardstick(compared)), code, len(data)]

prepared = {""}
for line in sys.stdin:
    prepare, make, read, compared, patience = json.loads(line)
    if prepare not in prepared:  # here, so that no child has to
        exec(prepare, globals())
        prepared.add(prepare)
    child = os.fork()
    if child == 0:
        signal.alarm(patience)
        try:
            print(json.dumps(measured(make, read, compared)), flush=True)
        except BaseException:
            print(json.dumps(traceback.format_exc()), flush=True)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        print(json.dumps(f"ended by {status}: not within {patience} seconds, or not enough memory"), flush=True)
"""


def memory_of(make: str, read: str) -> tuple[int, str, int]:
    """Return the most memory in octets, the error's code and the size of the input.

    Args:
        make: statements that bind ``data``.
        read: the expression that reads it.
    """
    memory, _, code, size = _measured("", make, read, compared=False)
    return memory, code, size


def cost(make: str, read: str, *, prepare: str = "") -> tuple[int, float, str, int]:
    """Return what :func:`memory_of` does, with the effort in yardsticks of some tenths of a second after the memory.

    A tenth of a yardstick is what is run, before and after: only for who compares efforts.

    Args:
        make: statements that bind ``data``.
        read: the expression that reads it.
        prepare: statements that several of these need, which are run once for all of them.
    """
    return _measured(prepare, make, read, compared=True)


def _measured(prepare: str, make: str, read: str, *, compared: bool) -> tuple[int, float, str, int]:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    print(json.dumps((prepare, textwrap.dedent(make), read, compared, _PATIENCE)), file=server.stdin, flush=True)
    answer = json.loads(server.stdout.readline() or '"what prepares it fails"')
    assert isinstance(answer, list), answer
    memory, effort, code, size = answer
    return memory, effort, code, size


@cache
def _server() -> subprocess.Popen[str]:
    """The process that each of those that measure is a copy of: what they all need is read in it once."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(_ROOT), str(_ROOT / "cli"), str(_ROOT / "test_pki")))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    for stream in (server.stdin, server.stdout):
        assert stream is not None
        stream.close()
    server.wait()
