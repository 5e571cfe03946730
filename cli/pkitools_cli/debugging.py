"""Whether an unexpected error is to be let through with its traceback, for a bug report: ``PKITOOLS_DEBUG=1``."""

from __future__ import annotations

import os


def debugging() -> bool:
    """Return whether the user asked for tracebacks. The library reads no environment: it is handed the answer."""
    return bool(os.environ.get("PKITOOLS_DEBUG"))
