"""Where a page is, as data: ``docs/schemas/page-v1.json``."""

from __future__ import annotations


def opened_document(address: str, *, online: bool) -> dict[str, object]:
    """Return the whole document.

    Args:
        address: where the page is opened, once.
        online: whether lists of revoked certificates are fetched.
    """
    return {"schema": "pkitools.page/v1", "address": address, "online": online}
