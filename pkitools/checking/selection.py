"""Which certificates of a file are judged, how each is named, and which one is meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

from pkitools.arguments import text, wrong_type
from pkitools.containers import Item
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.rules.linting import is_made_to_connect
from pkitools.text import joined, pattern
from pkitools.x509 import CertificateFacts
from pkitools.x509.holder import may_sign_certificates
from pkitools.x509.keys import thumbprints

_NUMBER: Final = pattern(r"[1-9][0-9]{0,5}")
_FINGERPRINT: Final = pattern(r"[0-9a-f]{8,64}")
_MOST_OF_A_NAME: Final = 60
_Read: TypeAlias = Sequence[tuple[Item, CertificateFacts]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One certificate of a file to be judged.

    Args:
        number: its number among those, from 1.
        facts: the certificate.
        items: where it stands: it may stand in a file more than once.
        entity_id: the entity ID that SAML metadata states for it.
    """

    number: int
    facts: CertificateFacts
    items: tuple[Item, ...]
    entity_id: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names a keystore gives it."""
        return tuple(dict.fromkeys(item.alias for item in self.items if item.alias is not None))

    @property
    def uses(self) -> tuple[str, ...]:
        """Role and use in SAML metadata, such as ``SPSSODescriptor signing``."""
        told = (" ".join(filter(None, (item.role, item.use))) for item in self.items)
        return tuple(dict.fromkeys(filter(None, told)))


def end_entities(certificates: Iterable[CertificateFacts]) -> tuple[CertificateFacts, ...]:
    """Return the certificates that are no authority, each once; among authorities only, those that issued no other.

    A certificate marked as a CA is no authority when it may not sign certificates, or was made to connect with: it is
    judged, and the mark is told. What a tool marks without being asked (``openssl req -x509``) is an authority only
    where it issued another.
    """
    distinct = tuple({facts.sha256: facts for facts in certificates}.values())
    issuers = {facts.issuer.der for facts in distinct if not facts.is_self_issued}
    childless = tuple(facts for facts in distinct if facts.subject.der not in issuers)
    if all(map(is_authority, distinct)):
        return childless or distinct[:1]
    marked = {facts.sha256 for facts in childless if not may_sign_certificates(facts)}
    return tuple(facts for facts in distinct if facts.sha256 in marked or not is_authority(facts))


def possible_issuers(certificates: Sequence[CertificateFacts]) -> tuple[CertificateFacts, ...]:
    """Return the certificates that may have issued another: a CA, and one whose name another gives as its issuer."""
    issuers = {facts.issuer.der for facts in certificates if not facts.is_self_issued}
    return tuple(facts for facts in certificates if facts.is_ca or facts.subject.der in issuers)


def is_authority(facts: CertificateFacts) -> bool:
    """Return whether the certificate is marked as a CA, may sign certificates and was not made to connect with."""
    may_sign = facts.key_usage is None or "keyCertSign" in facts.key_usage
    return facts.is_ca and may_sign and not is_made_to_connect(facts)


def subjects(read: _Read, held: Collection[str] = frozenset()) -> tuple[Subject, ...]:
    """Return the certificates of a file that are judged, in its order.

    Of a keystore those are the ones that stand with a key; of anything else, and of a keystore without keys, every end
    entity. Whatever it says of itself, at least one is judged of every place that is somebody's own, and each whose
    private key is at hand. A certificate that metadata gives to two entities is judged for each.

    Args:
        read: the certificates of the file, and where they stand.
        held: SHA-256 (hex) of the public keys whose private key is at hand.
    """
    considered = [pair for pair in read if _may_be_own(pair[0])] or read
    chosen = _meant(read, considered, held)
    known = {facts.sha256 for item, facts in considered if item.has_key is not False}
    # where it stands with a key, if it does so anywhere, and not where it is the chain of another
    standing = [pair for pair in read if pair[0].has_key is not False or pair[1].sha256 not in known]
    places: dict[tuple[str, str | None], list[tuple[Item, CertificateFacts]]] = {}
    for item, facts in standing:
        if facts.sha256 in chosen:
            places.setdefault((facts.sha256, item.entity_id), []).append((item, facts))
    stated = {sha256 for sha256, entity_id in places if entity_id is not None}
    # what signed the metadata itself and is a key of an entity in it too is judged as that
    kept = [(key, pairs) for key, pairs in places.items() if key[1] is not None or key[0] not in stated]
    return tuple(
        Subject(number, pairs[0][1], tuple(item for item, _ in pairs), entity_id)
        for number, ((_, entity_id), pairs) in enumerate(kept, start=1)
    )


def _may_be_own(item: Item) -> bool:
    """Return whether a certificate may be somebody's own, or stands with one."""
    return item.has_key is not False or item.place is not None


def _meant(read: _Read, considered: _Read, held: Collection[str]) -> set[str]:
    """Return the fingerprints of the certificates that are judged."""
    chosen = {facts.sha256 for facts in end_entities(facts for _, facts in considered)}
    own: dict[int, list[CertificateFacts]] = {}
    for item, facts in read:
        if item.place is not None:
            own.setdefault(item.place, []).append(facts)
        if not thumbprints(facts.public_key).isdisjoint(held) or (item.place is not None and item.has_key):
            chosen.add(facts.sha256)
    return chosen.union(facts.sha256 for standing in own.values() for facts in end_entities(standing))


def selected(
    found: Sequence[Subject], alias: str | None, certificate: int | str | None, name: str
) -> tuple[Subject, ...]:
    """Return those that are meant: by the name a keystore gives, by number, or by (the start of) a fingerprint.

    Raises:
        InvalidValueError: none is meant, or more than one; the error lists what there is.
    """
    kept = list(found)
    if alias is not None:
        wanted = text(alias, "alias")
        kept = [s for s in kept if wanted in s.aliases] or [
            s for s in kept if _folded(wanted) in map(_folded, s.aliases)
        ]
        if not kept:
            raise InvalidValueError("checking.error.no_such_alias", alias=wanted, name=name, known=_listed(found))
    if certificate is not None:
        kept = _chosen(kept, found, certificate, name)
    return tuple(kept)


def _chosen(kept: Sequence[Subject], found: Sequence[Subject], certificate: int | str, name: str) -> list[Subject]:
    if isinstance(certificate, bool) or not isinstance(certificate, (int, str)):
        raise wrong_type("certificate", certificate, "int, str")
    wanted = str(certificate).strip()
    if _NUMBER.fullmatch(wanted):
        matching = [subject for subject in kept if subject.number == int(wanted)]
    else:
        digits = re.sub(r"[\s:]", "", wanted).lower()
        is_one = _FINGERPRINT.fullmatch(digits) is not None
        matching = [
            s for s in kept if is_one and (s.facts.sha256.startswith(digits) or s.facts.sha1.startswith(digits))
        ]
    if not matching:
        raise InvalidValueError("checking.error.no_such_certificate", value=wanted, name=name, known=_listed(found))
    if len({subject.facts.sha256 for subject in matching}) > 1:
        raise InvalidValueError(
            "checking.error.several_such_certificates", value=wanted, name=name, known=_listed(found)
        )
    return matching


def _folded(alias: str) -> str:
    return alias.casefold()  # keytool keeps aliases in lower case


def _listed(found: Sequence[Subject]) -> str:
    return joined([*map(_told, found)], between="; ")


def _told(subject: Subject) -> str:
    facts = subject.facts
    alias = next(iter(subject.aliases), None)  # of a sentence only so much is shown: what can be asked for, briefly
    name = facts.subject.common_name or facts.sha256[:16]
    return f"{subject.number} {alias or name}"[:_MOST_OF_A_NAME]
