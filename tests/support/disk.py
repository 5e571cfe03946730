"""A disk that is not waited for: what it keeps when the power fails no test can see.

A worker waited for it for a thirtieth of its time, and for the link to the newest folder that pytest makes again for
each test. That something is flushed, and in which order, is held where the calls are counted or made to fail.
"""

from __future__ import annotations

import os
from typing import Any, Final

from _pytest import tmpdir

flushed: Final = os.fsync
"""The real thing, which processes of their own use."""


def fsync(descriptor: Any) -> None:
    """Stand in for the function of this name: what is not open is refused as ever."""
    os.fstat(descriptor if isinstance(descriptor, int) else descriptor.fileno())


def install() -> None:
    """Let the packages, and pytest, use these."""
    os.fsync = fsync
    tmpdir._force_symlink = lambda *_: None  # who looks for the folder of a test finds its number in what failed
