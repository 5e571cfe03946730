"""CRLs that are wrong in one way each, or right and hard to read.

A function per fault; all but two return one CRL. ``C8`` returns the lists of two distribution points, ``C9`` and
``C10.number-back`` what was published first and what is served later.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from pkitools.frozen import dataclass
from pkitools.x509.model import Extension
from pkitools_test_pki import crl, der, extensions
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.keys import elliptic_keys

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class CrlCase:
    """For whom a CRL is made.

    Args:
        authority: whose CRL.
        serial_number: of the certificate that a validator will ask about.
        moment: when it will ask.
        skew: how far clocks may differ.
        leeway: how far from that limit the times are, for who asks a while before or after ``moment``.
        urls: of the certificate's distribution points; two for ``C8``.
        other_issuer: DER of another authority's name, for ``C2``.
    """

    authority: Authority
    serial_number: int
    moment: datetime
    skew: timedelta = timedelta(minutes=5)
    leeway: timedelta = timedelta()
    urls: tuple[str, ...] = ()
    other_issuer: bytes = b""

    @property
    def too_far(self) -> timedelta:
        """How far times are off that no difference between clocks explains."""
        return self.skew + self.leeway + _SECOND

    def crl(self, **deviation: Any) -> bytes:
        """Return a CRL as it should be, but for the deviation: two hours old, good for a day more, and empty."""
        deviation.setdefault("this_update", self.moment - timedelta(hours=2))
        deviation.setdefault("next_update", self.moment + _DAY)
        deviation.setdefault("revocations", ())
        return self.authority.crl(moment=self.moment, **deviation)

    def entry(self, reason: str | None = "superseded", **other: Any) -> RevokedEntry:
        """Return an entry of the certificate asked about, revoked yesterday."""
        return RevokedEntry(
            self.serial_number, other.get("moment", self.moment - _DAY), reason, other.get("extensions", ())
        )

    def listing(self, reason: str | None = "superseded", **other: Any) -> bytes:
        """Return a CRL that lists the certificate."""
        return self.crl(revocations=[self.entry(reason, **other)])


def idp(*parts: bytes) -> Extension:
    """Return an issuingDistributionPoint of these parts, in DER."""
    return Extension(crl.ISSUING_DISTRIBUTION_POINT, True, der.sequence(*parts))


def full_name(url: str) -> bytes:
    """Return the distributionPoint of an issuingDistributionPoint: one URI."""
    return der.context(0, der.context(0, extensions.uri(url)))


def _indirect(case: CrlCase) -> bytes:
    name = der.sequence(der.context(4, case.other_issuer))
    owner = Extension(crl.CERTIFICATE_ISSUER, True, name)
    scope = idp(der.context(4, b"\xff", constructed=False))
    return case.crl(revocations=[case.entry(extensions=(owner,))], extensions=[scope])


def _two_points(case: CrlCase) -> tuple[bytes, ...]:
    first, second = case.urls
    return (
        case.crl(extensions=[idp(full_name(first))]),
        case.crl(extensions=[idp(full_name(second))], revocations=[case.entry()]),
    )


def _replayed(case: CrlCase) -> tuple[bytes, ...]:
    hours = timedelta(hours=1)
    return (
        case.crl(this_update=case.moment - hours, number=8),
        case.crl(this_update=case.moment - 3 * hours, number=7),
    )


def _number_back(case: CrlCase) -> tuple[bytes, ...]:
    hours = timedelta(hours=1)
    return (
        case.crl(this_update=case.moment - 3 * hours, number=8),
        case.crl(this_update=case.moment - hours, number=7),
    )


def many_entries(count: int, last: int, moment: datetime) -> bytes:
    """Return ``count`` entries in DER, 53 bytes each and the last for ``last``, in a second for a million.

    Serial numbers of 20 octets as CAs draw them, a reason each. They are drawn from a fixed seed.
    """
    drawn = random.Random(count).randbytes(20 * count)  # noqa: S311 - numbers to look up, no secrets
    tail = der.time(moment) + bytes.fromhex("300c300a0603551d1504030a0101")
    top = [bytes((octet & 0x7F | 0x40,)) for octet in range(256)]  # first octet 40 to 7F: always 20 octets long
    start = b"\x30\x33\x02\x14"
    rows = [b"".join((start, top[drawn[at]], drawn[at + 1 : at + 20], tail)) for at in range(0, 20 * count - 20, 20)]
    return b"".join([*rows, crl.entry(RevokedEntry(last, moment, "keyCompromise"))])


def _million(case: CrlCase) -> bytes:
    entries = many_entries(_MILLION, case.serial_number, case.moment - _DAY)
    return case.crl(raw={"revoked_certificates": der.tlv(der.SEQUENCE, entries)})


CRL_FAULTS: Final[dict[str, Callable[[CrlCase], bytes | tuple[bytes, ...]]]] = {
    "C1": lambda case: case.listing(),
    "C2": _indirect,
    "C3.within-skew": lambda case: case.crl(next_update=case.moment - timedelta(seconds=1)),
    "C3.stale": lambda case: case.crl(next_update=case.moment - case.too_far),
    "C4": lambda case: case.crl(next_update=None),
    "C5.within-skew": lambda case: case.crl(this_update=case.moment + case.skew - case.leeway - _SECOND),
    "C5.not-yet": lambda case: case.crl(this_update=case.moment + case.too_far),
    "C6.key": lambda case: case.crl(signing_key=elliptic_keys("rsa:4096")),
    "C6.expired": lambda case: case.crl(),
    "C6.no-crl-sign": lambda case: case.crl(),
    "C7.only-other": lambda case: case.crl(extensions=[idp(der.context(2, b"\xff", constructed=False))]),
    "C7.only-some-reasons": lambda case: case.crl(
        extensions=[idp(der.tlv(0x83, b"\x05\x60"))]  # keyCompromise, cACompromise
    ),
    "C7.critical-extension": lambda case: case.crl(extensions=[Extension("2.999.1", True, der.NULL)]),
    "C7.delta": lambda case: case.crl(extensions=[crl.delta_indicator(1)]),
    "C8": _two_points,
    "C9": _replayed,
    "C10.number-back": _number_back,
    "C10.million": _million,
    "C11.remove": lambda case: case.listing("removeFromCRL"),
    "C11.hold": lambda case: case.listing("certificateHold"),
    "C11.no-reason": lambda case: case.listing(None),
    "C11.future": lambda case: case.listing(moment=case.moment + _DAY),
}
"""Fault → the CRLs that show it."""

AUTHORITY_DEVIATIONS: Final[dict[str, Callable[[datetime], dict[str, Any]]]] = {
    "C6.expired": lambda moment: {"not_after": moment - timedelta(hours=1)},
    "C6.no-crl-sign": lambda _moment: {"key_usage": ("keyCertSign",)},
}
"""Fault → what is wrong with the authority itself (for ``create_subordinate``); its CRL is as any other."""
