"""The certificates that came along, read once and found by name, however many are judged beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final

from pkitools.x509.model import CertificateFacts
from pkitools.x509.reader import readable

_MOST: Final = 8
"""Collections remembered: a loop over certificates has one, a folder of chains one for each and one for all."""


class AtHand:
    """Certificates in the order they were handed in. What cannot be read is left out: path validation counts it."""

    def __init__(self, ders: tuple[bytes, ...]) -> None:
        self.ders: Final = frozenset(ders)
        self._by_name: dict[bytes, list[tuple[int, CertificateFacts]]] = {}
        self._above: dict[bytes, list[CertificateFacts]] = {}
        for placed in enumerate(readable(ders)):
            self._by_name.setdefault(placed[1].subject.der, []).append(placed)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def named(self, name: bytes) -> Sequence[CertificateFacts]:
        """Return those with this subject, by its DER."""
        return [facts for _, facts in self._by_name.get(name, ())]

    def above(self, facts: CertificateFacts) -> list[CertificateFacts]:
        """Return those that may stand above a certificate, by the names of issuers alone; not that one itself."""
        issuer = facts.issuer.der
        if issuer not in self._by_name:
            return []
        found = self._above.get(issuer)  # of every certificate of one authority the same
        if found is None:
            found = self._above[issuer] = self._reached_from(issuer)
        return [each for each in found if each.sha256 != facts.sha256]

    def _reached_from(self, issuer: bytes) -> list[CertificateFacts]:
        found: list[CertificateFacts] = []
        names, done = {issuer}, set[bytes]()
        while names:
            reached = sorted((each for name in names for each in self._by_name.get(name, ())), key=itemgetter(0))
            found += [each for _, each in reached]
            done |= names
            names = {each.issuer.der for _, each in reached} - done
        return found


@lru_cache(maxsize=_MOST)
def at_hand(ders: tuple[bytes, ...]) -> AtHand:
    """Return these certificates, read; remembered, for they come again with every certificate of a file or a folder."""
    return AtHand(ders)
