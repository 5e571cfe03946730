"""What an authority must remember: serial numbers, what it issued, what it revoked, its CRL numbers.

:class:`MemoryLedger` forgets with the process; :class:`pkitools_test_pki.store.Store` keeps it on disk.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.issued import IssuedCertificate

Status = Literal["good", "revoked", "unknown"]


@dataclass(frozen=True, slots=True)
class CrlState:
    """What the next CRL of an authority has to continue from.

    Args:
        number: its CRL number, higher than any before.
        revocations: everything revoked so far, oldest record first.
        base_number: number of the last complete CRL, ``None`` before the first.
        base_count: how many of ``revocations`` that one held; a delta CRL lists the others.
        earliest: thisUpdate may not be before this moment; ``None`` when nothing forbids.
    """

    number: int
    revocations: Sequence[RevokedEntry]
    base_number: int | None
    base_count: int
    earliest: datetime | None


@dataclass(frozen=True, slots=True)
class BuiltCrl:
    """A CRL as built for the ledger to record."""

    der: bytes
    this_update: datetime
    next_update: datetime | None


CrlBuilder: TypeAlias = Callable[[CrlState], BuiltCrl]


class Ledger(Protocol):
    """The memory of all authorities of one PKI, each under its own name."""

    def reserve(self, authority: str, moment: datetime, wanted: int | None = None) -> int:
        """Return a serial number no other certificate of this authority has or will have; ``wanted`` asks for one."""

    def record(self, authority: str, certificate: IssuedCertificate) -> None:
        """Remember what was issued under a reserved serial number."""

    def revoke(self, authority: str, revocation: RevokedEntry) -> None:
        """Remember a revocation. Raises InvalidValueError when it was revoked before, or never issued."""

    def revocations(self, authority: str) -> Sequence[RevokedEntry]:
        """Return everything revoked, oldest record first."""

    def status(self, authority: str, serial_number: int) -> tuple[Status, RevokedEntry | None]:
        """Return what an OCSP responder would say of a serial number."""

    def serial_numbers(self, authority: str) -> Sequence[int]:
        """Return every serial number of the authority's certificates, the first one first."""

    def publish(self, authority: str, kind: str, build: CrlBuilder) -> bytes:
        """Build the next CRL and remember it, in one step.

        Args:
            authority: whose.
            kind: ``full``, ``delta``, or the name of a partition. A delta adds to the last full one.
            build: makes it from where the last one stopped.
        """


def random_serial_number() -> int:
    """Return a random positive number of exactly 20 octets, as the G4 TRIAL generator makes them."""
    return secrets.randbits(158) | 1 << 158


class MemoryLedger:
    """A ledger for one process and as long as it lives."""

    def __init__(self) -> None:
        self._reserved: dict[str, dict[int, None]] = defaultdict(dict)  # as an ordered set
        self._revocations: dict[str, dict[int, RevokedEntry]] = defaultdict(dict)
        self._numbers: dict[str, int] = defaultdict(int)
        self._bases: dict[str, tuple[int, int]] = {}

    def reserve(self, authority: str, moment: datetime, wanted: int | None = None) -> int:
        """See :class:`Ledger`. A wanted number is given even when it was used before: a case may need two alike."""
        number = random_serial_number() if wanted is None else wanted
        while wanted is None and number in self._reserved[authority]:
            number = random_serial_number()
        self._reserved[authority][number] = None
        return number

    def record(self, authority: str, certificate: IssuedCertificate) -> None:
        """See :class:`Ledger`; the caller holds the certificate, nothing else needs it."""

    def revoke(self, authority: str, revocation: RevokedEntry) -> None:
        """See :class:`Ledger`."""
        if revocation.serial_number not in self._reserved[authority]:
            raise InvalidValueError("test_pki.error.serial_unknown", serial_number=f"{revocation.serial_number:x}")
        if revocation.serial_number in self._revocations[authority]:
            raise InvalidValueError("test_pki.error.already_revoked", serial_number=f"{revocation.serial_number:x}")
        self._revocations[authority][revocation.serial_number] = revocation

    def revocations(self, authority: str) -> Sequence[RevokedEntry]:
        """See :class:`Ledger`."""
        return tuple(self._revocations[authority].values())

    def status(self, authority: str, serial_number: int) -> tuple[Status, RevokedEntry | None]:
        """See :class:`Ledger`."""
        revocation = self._revocations[authority].get(serial_number)
        if revocation is not None:
            return "revoked", revocation
        return ("good" if serial_number in self._reserved[authority] else "unknown"), None

    def serial_numbers(self, authority: str) -> Sequence[int]:
        """See :class:`Ledger`."""
        return tuple(self._reserved[authority])

    def publish(self, authority: str, kind: str, build: CrlBuilder) -> bytes:
        """See :class:`Ledger`. Time may go back here: a case may need an old CRL after a new one."""
        self._numbers[authority] += 1
        number = self._numbers[authority]
        listed = self.revocations(authority)
        base_number, base_count = self._bases.get(authority, (None, 0))
        built = build(CrlState(number, listed, base_number, base_count, None))
        if kind == "full":
            self._bases[authority] = (number, len(listed))
        return built.der
