"""What a piece of work does, counted: the same on any machine, fast or slow, idle or busy."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

_OURS: Final = f"{Path(__file__).parents[2] / 'pkitools'}/"
_READERS: Final = frozenset({"x509/reader.py:read_certificate", "x509/path_certificate.py:_read"})
_OUTCOMES: Final = frozenset({"Outcome.__init__", "Outcome.__new__"})
_VERIFIER: Final = {"ClientVerifier": 3, "ServerVerifier": 3}
"""Those of ``cryptography`` check the signatures of a path by themselves: of leaf, TSP and domain."""


def work_done(work: Callable[[], object]) -> Counter[str]:
    """Return how many signatures are checked, certificates parsed, hashes made and so on; and all calls together."""
    found: Counter[str] = Counter()

    def event(frame: FrameType, kind: str, called: Any) -> None:
        if kind == "c_call":
            found["calls"] += 1
            found.update(_of_c(called))
        elif kind == "call":
            found["calls"] += 1
            found.update(_of_python(frame))

    before = sys.getprofile()
    sys.setprofile(event)
    try:
        work()
    finally:
        sys.setprofile(before)
    return found


def _of_c(called: Any) -> dict[str, int]:
    name = called.__name__
    if name == "verify":
        owner = type(getattr(called, "__self__", None)).__name__
        return {"signatures": _VERIFIER.get(owner, 1)}
    if name == "load_der_x509_certificate":
        return {"parsed by cryptography": 1}
    if name.startswith("openssl_sha"):
        return {"hashes": 1}
    if name == "open":
        return {"files": 1}
    return {}


def _of_python(frame: FrameType) -> dict[str, int]:
    code = frame.f_code
    if not code.co_filename.startswith(_OURS):
        return {}
    place = code.co_filename.removeprefix(_OURS)
    if f"{place}:{code.co_qualname}" in _READERS:
        return {"parsed by us": 1}
    if place == "x509/der.py":
        return {"steps in DER": 1}
    return {"outcomes": 1} if code.co_qualname in _OUTCOMES else {}
