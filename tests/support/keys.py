"""RSA keys that modules of tests share: what they look at is the certificate, and a key takes a second to make."""

from __future__ import annotations

from typing import Final

from pkitools_test_pki.keys import KeyPool, small_keys

SHARED_KEYS: Final = KeyPool(small_keys, limit=4)
"""Four keys of each type for a process of tests; any four that follow one another differ."""
