"""Certificates at the places of connections that do not name their holder: which of them is used as theirs?

In a file of its own it is not seen whose key a certificate has: that is known when all files are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pkitools.frozen import dataclass
from pkitools.portfolio.claims import Claim, Lodger
from pkitools.portfolio.model import HeldCertificate, Reading
from pkitools.portfolio.where import same_place


@dataclass(frozen=True, slots=True)
class _Seen:
    """One that was judged by no connection, where it lay.

    Args:
        name: the file.
        sha256, oin, spki_sha256: of the certificate.
        reached: the numbers of those at whose places it lies.
        is_sent: a configuration says that a program sends it.
        may_be_named: nothing else lies in its file, and nothing says that it is only trusted.
    """

    name: str
    sha256: str
    oin: str | None
    spki_sha256: str
    reached: tuple[int, ...]
    is_sent: bool
    may_be_named: bool


class Lodgers:
    """Keeps what lies at the places of connections and is claimed by none of them.

    Args:
        claims: the connections; what is kept is nothing where they say of no holder.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = claims
        self._oins = frozenset(claim.oin for claim in claims)
        self._numbers = {claim.name: number for number, claim in enumerate(claims)}
        self._named = [frozenset(map(same_place, claim.named)) for claim in claims]
        self._seen: dict[tuple[str, str, tuple[int, ...], bool], _Seen] = {}
        self._keys: dict[int, set[str]] = {}
        self._own: dict[int, set[str]] = {}
        self._pointed_at: set[str] = set()

    def note(self, reading: Reading) -> None:
        """Keep of what was read what is needed to know whose certificate is used."""
        if not reading.reached or not any(self._oins):
            return
        for key in reading.keys:
            if key.spki_sha256 is not None:
                for number in reading.reached:
                    self._keys.setdefault(number, set()).add(key.spki_sha256)
        judged = [one for one in reading.certificates if not one.is_authority]
        for one in judged:
            by = {judgement.connection for judgement in one.judgements} - {None}
            for number in (self._numbers[str(name)] for name in by):
                if self._claims[number].oin in {None, one.oin}:
                    self._own.setdefault(number, set()).add(one.spki_sha256)
            if not by and not one.is_of_provider:
                self._keep(reading, one, is_only=len(judged) == 1)

    def _keep(self, reading: Reading, one: HeldCertificate, *, is_only: bool) -> None:
        is_sent = any(place.is_sent for place in one.places)
        if any(place.named_by for place in one.places):
            self._pointed_at.add(reading.name)
        is_alone = is_only and all(place.is_alone_for_its_holder for place in one.places)
        seen = _Seen(reading.name, one.sha256, one.oin, one.spki_sha256, reading.reached, is_sent, is_alone)
        self._seen[reading.name, one.sha256, reading.reached, is_sent] = seen

    def found(self) -> Mapping[str, Mapping[str, tuple[int | None, ...]]]:
        """Return of each file the certificates in it, by their SHA-256, that are used as those of which connections."""
        found: dict[str, dict[str, dict[int | None, None]]] = {}
        for seen in self._seen.values():
            for number in seen.reached:
                if self._is_used(seen, number):
                    found.setdefault(seen.name, {}).setdefault(seen.sha256, {})[number] = None
        return {name: {sha256: tuple(by) for sha256, by in each.items()} for name, each in found.items()}

    def _is_used(self, seen: _Seen, number: int) -> bool:
        own = self._own.get(number, set())
        lodger = Lodger(
            oin=seen.oin,
            enclosed=False,  # what has its key in its file was judged by them at once
            is_used=seen.is_sent or seen.spki_sha256 in self._keys.get(number, set()) - own,
            is_named=self._is_named(seen, number),
            sharing={self._claims[each].oin for each in seen.reached},
        )
        return lodger.is_in_place_of_its_own(self._oins, has_own=bool(own))

    def _is_named(self, seen: _Seen, number: int) -> bool:
        # what a configuration names it for, and not to send it, is to trust it
        is_for_it = seen.may_be_named and seen.name not in self._pointed_at
        return is_for_it and same_place(seen.name) in self._named[number]
