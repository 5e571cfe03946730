"""What all certificates of one authority and profile have in common, read once: their extensions, their issuer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from pkitools.x509.der import Node
from pkitools.x509.oids import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    QC_STATEMENTS_EXTENSION,
)

T = TypeVar("T")
S = TypeVar("S")

RECURRING: Final = frozenset(
    {
        AUTHORITY_INFORMATION_ACCESS,
        AUTHORITY_KEY_IDENTIFIER,
        BASIC_CONSTRAINTS,
        CERTIFICATE_POLICIES,
        CRL_DISTRIBUTION_POINTS,
        EXTENDED_KEY_USAGE,
        KEY_USAGE,
        QC_STATEMENTS_EXTENSION,
    }
)
"""Extensions that are the same in all certificates of one authority and profile."""

_MOST_KEPT: Final = 512
_MOST_OCTETS: Final = 512


class Recurring(dict[bytes, T], Generic[T]):
    """Encoding → what it says, where nothing is odd about it: that depends on the octets alone, and does not change."""

    def keep(self, octets: bytes, said: T) -> None:
        """Keep what an encoding says, unless it is a long one. When there are too many, all are forgotten."""
        if len(octets) <= _MOST_OCTETS:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[octets] = said


class Openings(Recurring[tuple[bytes, T]], Generic[T]):
    """Issuer → what its certificates begin their extensions with, octet for octet, and what that says.

    Most of what recurs stands together, so that it is found at once. The issuer only says where to look: it is the
    octets that have to be the same.
    """

    def find(self, issuer: bytes, data: bytes, sequence: Node) -> tuple[T | None, Node]:
        """Return what extensions begin with, and the rest of them; ``None`` and all of them where it is not known.

        Args:
            issuer: DER of the name.
            data: what the node's offsets count in.
            sequence: the SEQUENCE of extensions; of the rest only its begin is another.
        """
        known = self.get(issuer)
        tag, at, start, stop = sequence
        if known is None or not data.startswith(known[0], start, stop):
            return None, sequence
        return known[1], (tag, at, start + len(known[0]), stop)

    def learn(
        self, issuer: bytes, data: bytes, nodes: Sequence[Node], kept: Recurring[S], join: Callable[[list[S]], T]
    ) -> None:
        """Keep what extensions of which no two are of one kind begin with, as far as each of them recurs."""
        said: list[S] = []
        end = 0
        for node in nodes:
            known = kept.get(data[node[1] : node[3]])
            if known is None:
                break
            said.append(known)
            end = node[3]
        if said:
            self.keep(issuer, (data[nodes[0][1] : end], join(said)))
