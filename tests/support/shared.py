"""The material that stands beside the project: real certificates and conformance data, read in place.

Where it is absent the tests that need it skip, and say so.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("PKITOOLS_SHARED", Path(__file__).parents[3] / "shared"))


def shared(relative: str) -> Path:
    """Return a file or folder of the shared material, or skip the test (or module) that asks for it."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"{relative} of the shared material is not beside the project", allow_module_level=True)
    return path
