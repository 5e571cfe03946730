"""The CRLs a server has ready: each is made when first asked for, and again when it must be.

Beside the complete CRL, which the PKI publishes itself, there are for every authority:

- ``delta``: what was revoked since the complete CRL that the server found or made first;
- ``0`` … ``n-1``: partitions, each for the serial numbers that leave this rest when divided by their count;
- ``stale``: the complete CRL as if published long ago and never renewed;
- ``huge``: the complete CRL with many made-up entries.

The last two are examples, not statements of the PKI: they take no CRL number of their own and are recorded nowhere.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.revocation import read_crl
from pkitools_test_pki import extensions
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import CrlBlueprint, RevokedEntry, crl_number, delta_indicator
from pkitools_test_pki.server.served_pki import ServedPKI

FULL: Final = "full"
DELTA: Final = "delta"
STALE: Final = "stale"
HUGE: Final = "huge"
DEFAULT_PARTITIONS: Final = 4
DEFAULT_HUGE: Final = 100_000
_RENEW_BEFORE: Final = 0.1  # of its period, a CRL is renewed this long before its end


@dataclass(frozen=True, slots=True)
class _Kept:
    version: object
    renew_at: datetime
    der: bytes = field(repr=False)
    number: int


class ReadyCRLs:
    """The CRLs of one source. Several threads may ask at once.

    Args:
        source: whose CRLs.
        partitions: into how many partitions a CRL is divided.
        huge: how many made-up entries the huge CRL has.
    """

    def __init__(self, source: ServedPKI, *, partitions: int = DEFAULT_PARTITIONS, huge: int = DEFAULT_HUGE) -> None:
        self._source, self.partitions, self._huge = source, partitions, huge
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._bases: dict[str, tuple[int, frozenset[int]]] = {}
        self._lock: threading.RLock = source.lock

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind there is, in the words of the addresses; the complete CRL's is ``full``."""
        return (FULL, DELTA, *map(str, range(self.partitions)), STALE, HUGE)

    def crl(self, authority: Authority, kind: str, moment: datetime) -> bytes:
        """Return a CRL in DER that holds everything revoked up to now.

        Args:
            authority: whose.
            kind: one of :attr:`kinds`.
            moment: now.
        """
        with self._lock:
            kept = self._up_to_date(authority, kind, moment)
            if kept is None:
                kept = self._made(authority, kind, moment)
                self._kept[authority.name, kind] = kept
            return kept.der

    def _up_to_date(self, authority: Authority, kind: str, moment: datetime) -> _Kept | None:
        kept = self._kept.get((authority.name, kind))
        if kept is None or kept.version != self._source.version(authority) or moment >= kept.renew_at:
            return None
        return kept

    def _made(self, authority: Authority, kind: str, moment: datetime) -> _Kept:
        version = self._source.version(authority)
        if kind == FULL:
            # read before the CRL is: whatever is revoked in between is on the CRL and on the delta, not on neither
            listed = frozenset(r.serial_number for r in authority.ledger.revocations(authority.name))
            found = self._published_elsewhere(authority, version, moment, len(listed))
            made = found or _keep(version, self._source.publish(authority, moment), moment)
            self._bases.setdefault(authority.name, (made.number, listed))
            return made
        self.crl(authority, FULL, moment)
        return _keep(version, self._variant(authority, kind, moment), moment)

    def _published_elsewhere(
        self, authority: Authority, version: object, moment: datetime, revoked: int
    ) -> _Kept | None:
        newest = self._source.newest_crl(authority)
        if newest is None:
            return None
        kept = _keep(version, newest, moment)
        # who revokes publishes right after: in between, or when killed there, the CRL lags behind
        complete = read_crl(newest).index.count >= revoked
        return kept if complete and moment < kept.renew_at else None

    def _variant(self, authority: Authority, kind: str, moment: datetime) -> bytes:
        if kind == DELTA:
            return self._delta(authority, moment)
        if kind in {STALE, HUGE}:
            return self._example(authority, kind, moment)
        return authority.partitioned_crl(int(kind), self.partitions, moment=moment)

    def _delta(self, authority: Authority, moment: datetime) -> bytes:
        number, listed = self._bases[authority.name]
        added = [r for r in authority.ledger.revocations(authority.name) if r.serial_number not in listed]
        return authority.delta_crl(moment=moment, revocations=added, extensions=[delta_indicator(number)])

    def _example(self, authority: Authority, kind: str, moment: datetime) -> bytes:
        period = timedelta(hours=authority.spec.generation.crl_hours)
        this_update = moment - 2 * period if kind == STALE else moment
        revoked = authority.ledger.revocations(authority.name)
        made_up = _made_up(self._huge, moment) if kind == HUGE else ()
        identifier = extensions.authority_key_identifier(authority.key_identifier)
        number = self._kept[authority.name, FULL].number
        blueprint = CrlBlueprint(
            signature=authority.signature,
            issuer=authority.subject,
            this_update=this_update,
            next_update=this_update + period,
            revocations=chain(revoked, made_up),
            extensions=(extensions.extension("authority_key_identifier", identifier), crl_number(number)),
        )
        return blueprint.signed(authority.key)


def _made_up(count: int, moment: datetime) -> Iterator[RevokedEntry]:
    # real serial numbers have 160 bits with the highest but one set; these have fewer, so that none is ever met
    return (RevokedEntry((1 << 150) + number, moment, "superseded") for number in range(count))


def _keep(version: object, der: bytes, moment: datetime) -> _Kept:
    crl = read_crl(der)
    end = crl.next_update or moment
    # a stale example is past its end when made, and stays as it is for a while
    left = max((end - crl.this_update) * (1 - _RENEW_BEFORE), timedelta(minutes=1))
    renew_at = crl.this_update + left if end > moment else moment + timedelta(hours=1)
    return _Kept(version, renew_at, der, crl.number or 0)
