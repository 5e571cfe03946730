"""Settings of every test."""

from __future__ import annotations

from hypothesis import settings

# no test asserts a time: on a loaded machine one example may take a second
settings.register_profile("pkitools", deadline=None, print_blob=True)
settings.load_profile("pkitools")
