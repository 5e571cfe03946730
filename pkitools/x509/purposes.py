"""The purposes of an extended key usage, as people name them."""

from __future__ import annotations

from collections.abc import Iterable

from pkitools.x509.oids import EXTENDED_KEY_USAGES


def purpose_names(oids: Iterable[str]) -> list[str]:
    """Return the usual name of each purpose; of one that has none, its OID.

    >>> purpose_names(["1.3.6.1.5.5.7.3.1", "1.2.3"])
    ['serverAuth', '1.2.3']
    """
    return [EXTENDED_KEY_USAGES.get(oid, oid) for oid in oids]
