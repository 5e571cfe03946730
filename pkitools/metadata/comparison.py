"""Old and new beside each other: what changed that the other side must know, in the order to report it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from hashlib import sha1, sha256
from typing import Final

from pkitools.containers.xml_times import xml_moment
from pkitools.errors import InputError
from pkitools.frozen import dataclass, replace
from pkitools.metadata.agreements import Agreement, Party
from pkitools.metadata.documents import ReadMetadata, certificates_of, read_metadata
from pkitools.metadata.jwks import Jwk, KeySet
from pkitools.metadata.saml import ENTITIES, ENTITY, Key, Role, SamlMetadata, as_said
from pkitools.metadata.signatures import NO_SIGNATURE_LIBRARY, SignatureStatus
from pkitools.text import for_people, pattern
from pkitools.x509 import CertificateFacts

_BOTH_USES: Final = "signing, encryption"
_MOST_SAID: Final = 200
_FRACTION: Final = pattern(r"\.(\d+)", re.ASCII)
_DURATION: Final = pattern(
    r"(-?)P(?=[0-9T])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)
_DEFAULT: Final = {"true": " (isDefault)", "false": " (isDefault=false)"}
"""Where none is true the first is usual that is not false: so false is not the same as nothing."""
_NO_PROMISE: Final = frozenset({"ID", "validUntil", "cacheDuration"})
"""Attributes of a role that are told elsewhere, or that say nothing of it."""
_OF_SIGNATURE: Final = ("signer", "algorithm")


class Topic(StrEnum):
    """What a change is about, in the order to report them."""

    ENTITY = "entity"
    CERTIFICATE = "certificate"
    KEY_NAME = "key_name"
    ENDPOINT = "endpoint"
    VALIDITY = "validity"
    PROMISE = "promise"
    SIGNATURE = "signature"


class ChangeKind(StrEnum):
    """What happened to it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Told:
    """A certificate as the other side knows it: by both fingerprints they may ask, and its days.

    Args:
        sha1: in capitals, with colons.
        sha256: in hex.
        since: from when it is valid, for people; empty of one that cannot be read.
        until: until when.
    """

    sha1: str
    sha256: str
    since: str = ""
    until: str = ""

    @property
    def params(self) -> dict[str, str]:
        """The operands of a sentence."""
        return {
            "sha1": self.sha1,
            "sha256": self.sha256,
            "since": self.since or "–",
            "until": self.until or "–",
        }


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """One change.

    Args:
        topic: what it is about.
        kind: what happened to it.
        place: where it stands: an entity ID with a role and a use, a key, a party.
        old: what it was; empty of what was added.
        new: what it is; empty of what was removed.
        certificate: which, where it is about one.
    """

    topic: Topic
    kind: ChangeKind
    place: str
    old: str = ""
    new: str = ""
    certificate: Told | None = None

    @property
    def code(self) -> str:
        """The code of its sentence in :mod:`pkitools.messages`."""
        of_signature = self.place or self.new  # of the one that is not about a part of it, what it is now
        what = of_signature if self.topic is Topic.SIGNATURE else self.kind
        return f"metadata.change.{self.topic}.{what}"

    @property
    def params(self) -> dict[str, str]:
        """The operands of its sentence."""
        told = {"place": self.place or "–", "old": self.old or "–", "new": self.new or "–"}
        held = self.certificate
        return told if held is None else {**told, **held.params}


@dataclass(frozen=True, slots=True)
class MetadataComparison:
    """What :func:`compare_metadata` found.

    Args:
        old: the one.
        new: the other.
        changes: in the order to report them.
    """

    old: ReadMetadata
    new: ReadMetadata
    changes: tuple[MetadataChange, ...]

    @property
    def not_checked(self) -> str | None:
        """Why nobody looked whether a signature is good, as :data:`pkitools.findings.Outcome.reason`; else ``None``."""
        asked = SignatureStatus.NOT_ASKED not in (self.old.verified.status, self.new.verified.status)
        return None if asked else NO_SIGNATURE_LIBRARY


@dataclass(frozen=True, slots=True)
class _Fact:
    """One thing that is said: which, and what of it."""

    topic: Topic
    place: str
    key: str
    value: str
    certificate: Told | None = None
    meant: str = ""

    @property
    def means(self) -> str:
        """What it says whatever way it is written: a moment may be spelled in several."""
        return self.meant or self.value

    @property
    def which(self) -> tuple[Topic, str, str]:
        """By what it is the same thing in two files."""
        return self.topic, self.place, self.key


def compare_metadata(old: bytes, new: bytes, *, old_name: str = "old", new_name: str = "new") -> MetadataComparison:
    """Say what changed between two files of one kind that the other side must know.

    Of SAML metadata with a good signature that is compared which is signed. Whether what changed is right is not asked:
    see :func:`~pkitools.metadata.check_metadata`.

    Args:
        old: the content of the one.
        new: the content of the other.
        old_name, new_name: what to call them in messages.

    Raises:
        InputError: one of them is no metadata, is not well formed, or has something in it that could act; or they are
            of different kinds.
        LimitError: one of them is larger or deeper than :mod:`pkitools.limits` allows.
    """
    before, after = read_metadata(old, old_name), read_metadata(new, new_name)
    if before.kind is not after.kind:
        raise InputError("metadata.error.other_kinds", old=old_name, new=new_name)
    apart = any(len(each.names) > 1 for each in (before, after))
    were, are = _by_which(_facts(before, apart=apart)), _by_which(_facts(after, apart=apart))
    found = [
        change
        for change in (*_added(were, are), *_changed(were, are), *_removed(were, are))
        if change.place not in _OF_SIGNATURE or change.kind is ChangeKind.CHANGED  # that one came or went is told
    ]
    order = {topic: number for number, topic in enumerate(Topic)}
    return MetadataComparison(before, after, tuple(sorted(found, key=lambda change: order[change.topic])))


_Facts = dict[tuple[Topic, str, str], _Fact]


def _by_which(facts: Iterator[_Fact]) -> _Facts:
    """Return facts by what they are about; of two about one thing each is a thing by what it says."""
    found: _Facts = {}
    for fact in facts:
        same = found.get(fact.which)
        kept = fact if same is None or same.means == fact.means else replace(fact, key=f"{fact.key} {fact.value}")
        found[kept.which] = kept
    return found


def _added(were: _Facts, are: _Facts) -> Iterator[MetadataChange]:
    for which, fact in are.items():
        if which not in were:
            yield MetadataChange(fact.topic, ChangeKind.ADDED, fact.place, "", fact.value, fact.certificate)


def _changed(were: _Facts, are: _Facts) -> Iterator[MetadataChange]:
    for which, fact in are.items():
        old = were.get(which)
        if old is not None and old.means != fact.means:
            yield MetadataChange(fact.topic, ChangeKind.CHANGED, fact.place, old.value, fact.value, fact.certificate)


def _removed(were: _Facts, are: _Facts) -> Iterator[MetadataChange]:
    for which, fact in were.items():
        if which not in are:
            yield MetadataChange(fact.topic, ChangeKind.REMOVED, fact.place, fact.value, "", fact.certificate)


# -- what is said ------------------------------------------------------------------------------------------------------


def _facts(read: ReadMetadata, *, apart: bool) -> Iterator[_Fact]:
    """Yield what a file says; of files about one entity each, which that is is told once, and not of each thing."""
    known = certificates_of(read)
    if isinstance(read.document, SamlMetadata):
        yield from _of_saml(read, read.document, known, apart=apart)
    elif isinstance(read.document, KeySet):
        for number, key in enumerate(read.document.keys, start=1):
            # where it stands says nothing: who puts one before it has not changed it
            yield from _of_jwk(key, key.kid or key.thumbprint or f"keys[{number}]", known)
    else:
        yield from _of_agreement(read.document, known)


def _of_saml(
    read: ReadMetadata, metadata: SamlMetadata, known: dict[bytes, CertificateFacts], *, apart: bool
) -> Iterator[_Fact]:
    for entity in metadata.entities:
        name = entity.entity_id if apart else ""
        yield _Fact(Topic.ENTITY, "", name, entity.entity_id)
        if metadata.root == ENTITIES:
            yield from _times(entity.entity_id, entity.valid_until, entity.cache_duration)
        yield from _others(f"{name} {ENTITY}".strip(), entity.others)
        for role in entity.roles:
            yield from _of_role(f"{name} {role.kind}".strip(), role, known)
    yield from _times(metadata.root, metadata.valid_until, metadata.cache_duration)
    yield _Fact(Topic.SIGNATURE, "", "status", str(read.verified.status))
    yield from _of_signature(read, known)


def _of_signature(read: ReadMetadata, known: dict[bytes, CertificateFacts]) -> Iterator[_Fact]:
    """Yield with whose key and how a file is signed: who knows the old certificate only cannot verify the new file."""
    signer, written = read.verified.signer, read.written
    if signer is None or not isinstance(written, SamlMetadata) or written.signature is None:
        return
    who, how = _OF_SIGNATURE
    yield _Fact(Topic.SIGNATURE, who, who, f"{_certificate(signer, who, known).value} ({_sha256(signer)[:16]})")
    method, *digests = written.signature.method, *(each.digest for each in written.signature.references)
    told = [uri.rpartition("#")[2] or uri for uri in (method, *digests, written.signature.canonicalization)]
    yield _Fact(Topic.SIGNATURE, how, how, ", ".join(told))


def _times(place: str, until: str | None, duration: str | None) -> Iterator[_Fact]:
    for name, value in (("validUntil", until), ("cacheDuration", duration)):
        if value is not None:
            yield _Fact(Topic.VALIDITY, place, name, f"{name} {value}", meant=f"{name} {_meant(value)}")


def _meant(time: str) -> str:
    """Return a moment or a duration in one spelling; what is neither as it is written."""
    text = time.strip()
    moment, fraction = xml_moment(text), _FRACTION.search(text)
    if moment is not None:
        return f"{moment.isoformat()} {fraction[1].rstrip('0') if fraction else ''}".strip()
    found = _DURATION.fullmatch(text)
    if found is None:
        return text
    years, months, days, hours, minutes = (int(part or 0) for part in found.groups()[1:6])
    seconds = Decimal(found[7] or 0) + 60 * (minutes + 60 * (hours + 24 * days))
    return f"{found[1]} {12 * years + months} {seconds.normalize()}"


def _of_role(place: str, role: Role, known: dict[bytes, CertificateFacts]) -> Iterator[_Fact]:
    for key in role.keys:
        yield from _of_key(key, f"{place} {key.use or _BOTH_USES}", known)
    for endpoint in role.endpoints:
        binding = endpoint.binding.rpartition(":")[2]
        key_of = f"{endpoint.kind} {endpoint.index if endpoint.index is not None else binding}"
        told = f"{endpoint.kind} {binding} {endpoint.location}"
        more = f" (ResponseLocation {endpoint.response_location})" if endpoint.response_location else ""
        default = _DEFAULT.get(as_said("isDefault", endpoint.is_default or ""), "")
        yield _Fact(Topic.ENDPOINT, place, key_of, told + more + default)
    yield from _others(place, role.others)
    yield from _times(place, role.attributes.get("validUntil"), role.attributes.get("cacheDuration"))
    for name, value in role.attributes.items():
        if name not in _NO_PROMISE:
            yield _Fact(Topic.PROMISE, place, name, f"{name} {as_said(name, value)}")


def _others(place: str, others: Iterable[str]) -> Iterator[_Fact]:
    """Yield what a file says beside keys and addresses; of what is long the beginning, and by what to tell it apart."""
    for said in others:
        name = said.partition(" ")[0]
        shown = said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]}… ({_sha256(said.encode())[:8]})"
        yield _Fact(Topic.PROMISE, place, name, shown)


def _of_key(key: Key, place: str, known: dict[bytes, CertificateFacts]) -> Iterator[_Fact]:
    yield from (_certificate(der, place, known) for der in key.certificates if der is not None)
    # which certificate bears it is told of the certificate: a name that stays is no new one
    yield from (_Fact(Topic.KEY_NAME, place, name, name) for name in key.names)
    yield from _others(place, key.others)


def _certificate(der: bytes, place: str, known: dict[bytes, CertificateFacts]) -> _Fact:
    facts, printed = known.get(der), (_colons(sha1(der, usedforsecurity=False).hexdigest()), _sha256(der))
    if facts is None:
        return _Fact(Topic.CERTIFICATE, place, _sha256(der), _sha256(der)[:16], Told(*printed))
    days = for_people(facts.not_before), for_people(facts.not_after)
    name = facts.subject.common_name or facts.subject.text.short
    return _Fact(Topic.CERTIFICATE, place, _sha256(der), name, Told(*printed, *days))


def _colons(text: str) -> str:
    return ":".join(text[at : at + 2] for at in range(0, len(text), 2)).upper()


def _sha256(der: bytes) -> str:
    return sha256(der).hexdigest()


def _of_jwk(key: Jwk, name: str, known: dict[bytes, CertificateFacts]) -> Iterator[_Fact]:
    yield _Fact(Topic.ENTITY, "", name, name)
    yield _Fact(Topic.PROMISE, name, "key", f"{key.kty} {key.stated or '–'}")
    said = {"use": key.use, "alg": key.algorithm, "x5u": key.elsewhere}
    yield from (_Fact(Topic.PROMISE, name, of, f"{of} {value}") for of, value in said.items() if value is not None)
    yield from _others(name, key.others)
    yield from (_certificate(der, name, known) for der in key.ders[:1])
    yield from (_certificate(der, f"{name} x5c", known) for der in key.ders[1:])


def _of_agreement(agreement: Agreement, known: dict[bytes, CertificateFacts]) -> Iterator[_Fact]:
    yield _Fact(Topic.ENTITY, "", "cpaid", agreement.id)
    meant = f"{_meant(agreement.start)} – {_meant(agreement.end)}"
    yield _Fact(Topic.VALIDITY, agreement.id, "time", f"{agreement.start} – {agreement.end}", meant=meant)
    yield from _others(agreement.id, agreement.others)
    for number, party in enumerate(agreement.parties, start=1):
        yield from _of_party(party, party.name or f"PartyInfo {number}", known)


def _of_party(party: Party, name: str, known: dict[bytes, CertificateFacts]) -> Iterator[_Fact]:
    yield from (_Fact(Topic.ENTITY, name, f"{kind} {number}", f"{number} ({kind})") for kind, number in party.ids)
    for held in party.certificates:
        if held.der is not None:
            yield _certificate(held.der, f"{name} {', '.join(held.uses) or held.id}", known)
    yield from (_Fact(Topic.ENDPOINT, name, address, address) for address in party.endpoints)
    yield from _others(name, party.others)
