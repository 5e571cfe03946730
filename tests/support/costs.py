"""What reading costs beside the bytes read, measured in a process of its own so that nothing else counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Final

MIB: Final = 1024 * 1024
_PATIENCE: Final = 300  # seconds on the wall, for a busy machine
_ROOT: Final = Path(__file__).parents[2]

_CHILD: Final = """
import json, time, tracemalloc

def yardstick():
    # work of the same kind, traced alike: what a slow or busy machine does to this it does to what is measured
    if not {compared}:
        return 1.0
    began = time.process_time()
    json.loads(json.dumps([{{"a": [str(n), n, None]}} for n in range(10_000)]))
    return time.process_time() - began

from pkitools.errors import PkitoolsError
from pkitools.containers import read_source
from pkitools.crl import read_crl
from pkitools.revocation.ocsp import read_response
from tests.support.der import tlv
{make}
small = bytes(8)
for warm in (lambda: read_source(small, "f"), lambda: read_crl(small), lambda: read_response(small)):
    try:
        warm()
    except PkitoolsError:
        pass
tracemalloc.start()
before = yardstick()
tracemalloc.reset_peak()
code, started = "", time.process_time()
try:
    result = {read}
except PkitoolsError as error:
    code = error.code
took, memory = time.process_time() - started, tracemalloc.get_traced_memory()[1]
print(json.dumps([memory, took / max(before, yardstick()), code, len(data)]))
"""


def memory_of(make: str, read: str) -> tuple[int, str, int]:
    """Return the most memory in octets, the error's code and the size of the input.

    Args:
        make: statements that bind ``data``.
        read: the expression that reads it.
    """
    memory, _, code, size = _measured(make, read, compared=False)
    return memory, code, size


def cost(make: str, read: str) -> tuple[int, float, str, int]:
    """Return what :func:`memory_of` does, with the effort in yardsticks of some tenths of a second after the memory.

    The yardsticks take seconds of their own: only for who compares efforts.
    """
    return _measured(make, read, compared=True)


def _measured(make: str, read: str, *, compared: bool) -> tuple[int, float, str, int]:
    script = _CHILD.format(make=textwrap.dedent(make), read=read, compared=compared)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(_ROOT), str(_ROOT / "cli"), str(_ROOT / "test_pki")))},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=True,
    )
    memory, effort, code, size = json.loads(done.stdout)
    return memory, effort, code, size
