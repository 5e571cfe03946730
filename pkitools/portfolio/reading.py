"""The content of one file, or what one peer sent → what is in it, judged: a pure function of bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import PurePath
from typing import Final, TypeAlias

from pkitools.checking.delivered_lists import LISTS, refuse_unreadable
from pkitools.checking.delivery.checks import COMPLETE, VALID
from pkitools.checking.delivery.groups import chain_asked_of
from pkitools.checking.of_file import FileKeys, StatedIds
from pkitools.checking.private_keys import COMPARED, ENCLOSED, public_halves
from pkitools.checking.selection import Subject, is_authority, possible_issuers, subjects
from pkitools.checking.stated_ids import check_metadata, ends_of
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind, read_source
from pkitools.containers.kubernetes import CERTIFICATE
from pkitools.containers.other_kinds import kind_code
from pkitools.containers.saml_names import is_of_provider
from pkitools.containers.templates import without_blanks
from pkitools.containers.wanted import (
    is_delivered,
    is_not_what_it_says,
    is_surely_without,
    may_hold_more,
    stands_in,
)
from pkitools.environment import Environment
from pkitools.errors import InputError, PkitoolsError, SecretError
from pkitools.findings import Evidence, Outcome, Severity, Status
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_LISTED
from pkitools.oin import OIN, InvalidOINError
from pkitools.portfolio.judgements import Judgement
from pkitools.portfolio.judging import ANYWHERE, Judge, Where, lean
from pkitools.portfolio.known import is_of_authorities
from pkitools.portfolio.model import (
    OF_PEER,
    Gap,
    HeldCertificate,
    HeldKey,
    HeldRequest,
    Pending,
    Place,
    Reading,
    Unread,
)
from pkitools.portfolio.pointers import is_list, pointers_beside, pointers_of
from pkitools.portfolio.where import folder_of
from pkitools.requests.reading import RequestFacts, read_request
from pkitools.trust import embedded_intermediates, hierarchy_of
from pkitools.validation.rules import RULES as PATH_RULES
from pkitools.x509 import CertificateFacts, PublicKey, oin_from_certificate, read_certificate
from pkitools.x509.at_hand import at_hand
from pkitools.x509.document import serial_hex
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.keys import names_of, thumbprints
from pkitools.x509.oids import SUBJECT_SERIAL_NUMBER
from pkitools.x509.recurring import Recurring

_ByPart: TypeAlias = Mapping[int | None, Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of work: what a file holds, or what a peer sent.

    Args:
        name: what to call it.
        data: its content; of a peer the certificates as PEM.
        in_folder: it lay in a folder that was looked through: nobody said that it holds anything.
        named_by: what points to it, as ``FILE:LINE``.
        readable_by_others: others than its owner may read it; ``None`` where that is not known.
        host: of a peer, its name.
        claims: the numbers of the connections that claim what is in it.
        listing: a configuration says that it has a line for each further file: the folders that those count from.
        sent_with: a configuration says that a program sends what is in it as it is, with what is in these files of
            authorities alone; ``None`` where none says so.
        is_part: it is a part of a configuration, and nothing else names it: that need hold nothing.
        is_top: it lay in the folder itself that was given, where what a TSP delivered lies.
        is_lone: it is called a key, and nothing beside it is called the certificate or request of that: other programs
            have keys too.
        is_trusted: authorities are kept there: configurations name it as what they trust and as nothing else, or it
            lies in a folder where OpenSSL looks authorities up.
        wanted: the certificates, by their SHA-256, that alone are judged, each by these connections, or by what is
            asked of what nobody claims (``None``): of what was read before, and nothing else is told of it again.
        is_passed_over: as of a :class:`~pkitools.portfolio.model.HeldKey`.
    """

    name: str
    data: bytes = field(repr=False)
    in_folder: bool = False
    named_by: tuple[str, ...] = ()
    readable_by_others: bool | None = None
    host: str | None = None
    claims: tuple[int, ...] = ()
    listing: tuple[str, ...] | None = None
    sent_with: tuple[str, ...] | None = None
    is_part: bool = False
    is_top: bool = False
    is_lone: bool = False
    is_trusted: bool = False
    wanted: Mapping[str, tuple[int | None, ...]] | None = field(default=None, hash=False)
    is_passed_over: bool = False


def examine(unit: Unit, judge: Judge) -> Reading:
    """Return what is in one file or came from one peer, every end-entity certificate of it judged.

    Args:
        unit: the content.
        judge: asks the question.
    """
    try:
        reading = _examined(unit, judge)
    except Exception as error:  # one file must not end a scan of a hundred thousand
        if judge.asked.raise_crashes:
            raise
        params = {"name": unit.name, "detail": type(error).__name__}
        reading = Reading(unit.name, unread=(_gap(unit, PkitoolsError("portfolio.error.crashed", **params)),))
    return replace(reading, reached=unit.claims) if unit.claims else reading


def _examined(unit: Unit, judge: Judge) -> Reading:
    try:
        contents = read_source(unit.data, unit.name, passphrase=judge.asked.passphrase)
    except SecretError as error:
        return Reading(unit.name, unread=(_gap(unit, error, Gap.ENCRYPTED),))
    except InputError as error:
        return _without(unit, error)
    reading = _Found(unit, contents, judge).reading()
    try:
        pointers = pointers_beside(unit.data, unit.name) if unit.host is None and unit.wanted is None else ()
    except InputError as error:
        return replace(reading, unread=(*reading.unread, _gap(unit, error)))
    return replace(reading, points_to=pointers) if pointers else reading


def _without(unit: Unit, error: InputError) -> Reading:
    """Return the reading of a file that is of none of our kinds: what it points to, or why it cannot be used."""
    try:
        pointers = pointers_of(unit.data, unit.name, is_inventory=not unit.in_folder, listing=unit.listing)
    except InputError as of_pointers:
        return Reading(unit.name, unread=(_gap(unit, of_pointers),))
    if pointers:
        return Reading(unit.name, points_to=pointers)
    is_called = is_not_what_it_says(unit.name, error) and not unit.is_lone
    is_missed = (bool(unit.named_by) and not unit.is_part) or is_called
    if unit.in_folder and not is_missed and (_is_of_no_use(error, unit) or _is_of_blanks(unit)):
        return Reading(unit.name, holds_nothing=True, is_list=is_list(unit.data, unit.name))
    return Reading(unit.name, unread=(_gap(unit, error),))


_OF_CHANCE: Final = frozenset(
    f"sources.error.{slug}" for slug in ("unrecognised", "nothing", "html", "xml", "zip", "pdf")
)
_JSON: Final = kind_code("json")


def _is_of_no_use(error: InputError, unit: Unit) -> bool:
    """Return whether a file that was found, and that nobody named, surely holds nothing of our kinds."""
    if error.params.get("problem") == _JSON and not may_hold_more(unit.data):
        return True
    if unit.is_lone and error.code in _OF_CHANCE:
        return not stands_in(unit.data)
    name = unit.name
    if is_delivered(name) and not unit.is_top:
        name = PurePath(PurePath(name).stem).stem  # below what was given it is one of many that lie about
    return is_surely_without(error, lambda: unit.data, name=name)


def _is_of_blanks(unit: Unit) -> bool:
    """Return whether nothing of ours is in a file but where a certificate or key is to be filled in."""
    rest = without_blanks(unit.data, unit.name)
    if rest is None:
        return False
    try:
        read_source(rest, unit.name)
    except SecretError:
        return False
    except InputError as error:
        return _is_of_no_use(error, replace(unit, data=rest))
    return False


def _gap(unit: Unit, error: PkitoolsError, gap: Gap = Gap.UNREADABLE, position: int | None = None) -> Unread:
    return Unread(unit.name, gap, error.code, error.params, position, unit.named_by)


class _Found:
    """The contents of one file on their way to a reading."""

    def __init__(self, unit: Unit, contents: Contents, judge: Judge) -> None:
        self.unit, self.contents, self.judge = unit, contents, judge
        self.unread = [_gap(unit, bad.error, position=bad.position) for bad in contents.problems]
        self.halves: Mapping[Item, PublicKey | None] = public_halves(contents, judge.asked.passphrase)
        self.held = names_of(self.halves.values())
        self.own: tuple[Subject, ...] = ()
        self._of_statements: dict[tuple[Environment, int | None], _ByPart] = {}
        self._of_whom: frozenset[str] = frozenset()
        self._is_by_folder = False

    def reading(self) -> Reading:
        read = [facts for _, facts in self._read()]
        own = self.own = self._subjects()
        meant = {subject.facts.sha256 for subject in own}
        self._of_whom = frozenset(meant)
        own = (*own, *self._others(meant))
        meant |= {subject.facts.sha256 for subject in own}
        above = tuple(dict.fromkeys(facts.der for facts in possible_issuers(read)))
        wanted = self.unit.wanted
        if wanted is not None:
            own = tuple(subject for subject in own if subject.facts.sha256 in wanted)
        judged = [(subject, self._judgements(subject, above)) for subject in own]
        held = tuple(self._certificate(subject.facts, subject.items, told) for subject, told in judged)
        pending = tuple(
            self._pending(subject)
            for subject, told in judged
            if not all(one.has_path for one in told) and self._may_lack(subject, above)
        )
        if wanted is not None:
            return Reading(self.unit.name, held, pending=pending, is_again=True)
        return Reading(
            self.unit.name,
            certificates=(
                *held,
                *(self._certificate(facts, (item,)) for item, facts in self._read() if facts.sha256 not in meant),
            ),
            keys=tuple(self._keys()),
            requests=tuple(self._requests()),
            lists=self._lists(),
            is_by_folder=self._is_by_folder,
            unread=tuple(self.unread),
            authorities=tuple(der for der in above if der not in _embedded()) if above and self._lends() else (),
            pending=pending,
        )

    def _read(self) -> Sequence[tuple[Item, CertificateFacts]]:
        if not hasattr(self, "_facts"):
            self._facts = tuple(self._readable())
        return self._facts

    def _readable(self) -> Iterator[tuple[Item, CertificateFacts]]:
        for item in self.contents.of_kind(ItemKind.CERTIFICATE):
            try:
                yield item, read_certificate(item.der)
            except InputError as error:
                self.unread.append(_gap(self.unit, error, position=item.position))

    def _subjects(self) -> tuple[Subject, ...]:
        """Return what is judged: not what is only the certificate of an authority, also where nothing else is here.

        Where its file is surely wrong, that is not left unsaid for want of another.
        """
        if not self._read():
            return ()
        found = subjects(self._read(), self.held)
        own = tuple(one for one in found if not is_authority(one.facts) or self._is_own(one))
        return own if own or not any(map(_fails, self._keys_beside())) else found

    def _is_own(self, subject: Subject) -> bool:
        facts = subject.facts
        if self._holds_key_of(facts) or any(item.has_key or item.place is not None for item in subject.items):
            return True
        if not facts.is_self_issued or holder_of(facts) is Holder.AUTHORITY or self._is_of_store:
            return False
        if self.unit.sent_with is not None:
            return True
        self._is_by_folder = True
        return folder_of(self.unit.name) not in self.judge.known.stores

    @cached_property
    def _is_of_store(self) -> bool:
        """Whether authorities are kept here: then a root without a keyUsage is one of them.

        Old roots are the same as what ``openssl req -x509`` makes of itself: only where they lie tells them apart.
        """
        if self.unit.is_trusted or self._is_of_trusted:
            return True
        return any(holder_of(facts) is Holder.AUTHORITY for _, facts in self._read())

    def _others(self, meant: Collection[str]) -> Iterator[Subject]:
        """Yield the end entities that are not whose file it is, such as those that a keystore trusts."""
        for item, facts in self._read():
            if facts.sha256 not in meant and not is_authority(facts):
                yield Subject(0, facts, (item,), item.entity_id)

    def _judgements(self, subject: Subject, above: tuple[bytes, ...]) -> tuple[Judgement, ...]:
        """Return what comes of a certificate by each connection that claims it, or else by what all are asked."""
        above = self._sent_along(subject) if _is_served(subject) else above
        between = tuple(der for der in above if der != subject.facts.der) if above else ()
        may_lack = self._may_lack(subject, between)
        claimed = self._claimed(subject)
        is_published = bool(self.contents.described)
        # as of most: there is nothing to be completed by
        is_all_there = may_lack and not self.judge.known.authorities
        is_sent = self.unit.sent_with is not None or self.unit.host is not None or _is_served(subject)
        where = ANYWHERE
        if not is_all_there:
            chain = None if may_lack else chain_asked_of(self.contents.container, subject.items)
            where = Where(self.unit.name, may_lack, self.unit.sent_with or (), is_published, chain, is_sent)
        if self._is_of_provider(subject):
            where = replace(where, of_provider=True)
        ask = partial(self.judge.judge, subject.facts, between, subject.entity_id or None, self.unit.host, where=where)
        judged = ((by, ask(by)) for by in claimed or (None,))
        if not may_lack:
            judged = ((by, self._of_chain(one)) for by, one in judged)
        return tuple(one.with_beside(self._said_of(subject, one, by)) for by, one in judged)

    def _is_of_provider(self, subject: Subject) -> bool:
        """Return whether it is in metadata as that of an identity provider."""
        return bool(self.contents.described) and is_of_provider(item.role for item in subject.items)

    def _may_lack(self, subject: Subject, above: tuple[bytes, ...]) -> bool:
        """Return whether the chain of a certificate may lie in another file.

        Not where something sends this file as it is, nor where it brings a chain: however many certificates lie in it,
        whatever authority lies with them and is not judged itself is one. In metadata and among what a keystore trusts
        that is the chain of another unless it has the name of its issuer.
        """
        if self.unit.sent_with is not None or self.unit.host is not None or _is_served(subject):
            return False
        if not above:
            return True
        if self._is_listed(subject):
            return not at_hand(above).named(subject.facts.issuer.der)
        if not hasattr(self, "_of_own"):
            self._of_own = frozenset(one.facts.der for one in self.own)
        if not self._of_own.issuperset(above):
            return False
        # what lies here with its key may be an authority too
        others = tuple(der for der in above if der != subject.facts.der)
        return not others or not at_hand(others).named(subject.facts.issuer.der)

    def _sent_along(self, subject: Subject) -> tuple[bytes, ...]:
        """Return the authorities that are sent with a certificate of a Secret: of several those that are in each."""
        by_place: dict[int | None, list[CertificateFacts]] = {
            item.place: [] for item in subject.items if item.is_served and item.alias == CERTIFICATE
        }
        for item, facts in self._read():
            if item.is_served and item.alias == CERTIFICATE and item.place in by_place:
                by_place[item.place].append(facts)
        sent = [dict.fromkeys(each.der for each in possible_issuers(read)) for read in by_place.values()]
        return tuple(der for der in sent[0] if all(der in each for each in sent))

    def _is_listed(self, subject: Subject) -> bool:
        """Return whether a certificate is one among others in a list of those that somebody else has."""
        if subject.entity_id or self.contents.described or subject.facts.sha256 not in self._of_whom:
            return True
        return len(self.own) > 1 and self._is_of_trusted

    @cached_property
    def _is_of_trusted(self) -> bool:
        """Whether this is a keystore without keys: it holds what is trusted, and is no one's chain."""
        items = self.contents.items
        return self.contents.container in _KEYSTORES and not any(
            item.has_key or item.kind is ItemKind.KEY for item in items
        )

    def _lends(self) -> bool:
        """Return whether its authorities are at hand for other files: not where they are the chain of one in it."""
        return is_of_authorities(facts for _, facts in self._read())

    def _of_chain(self, judged: Judgement) -> Judgement:
        """Return a judgement in which the chain that this file brings is what this file says of it.

        Then no other place makes it good, and where it lies in several it is known in which it is wrong.
        """
        if judged.has_path:
            of_delivery = [one for one in judged.told if one.rule.code in _OF_DELIVERY]
            if not of_delivery:
                return judged
            judged = replace(judged, told=tuple(one for one in judged.told if one not in of_delivery))
            return judged.with_beside(map(self._here, of_delivery))
        of_path = [one for one in judged.told if one.rule.code in _OF_PATH]
        wrong = [one for one in of_path if one.status is Status.VIOLATED] or of_path
        rest = tuple(one for one in judged.told if one not in wrong)
        here = tuple(map(self._here, wrong))
        return replace(judged, told=(*here, *rest), beside=here)

    def _said_of(self, subject: Subject, judged: Judgement, by: int | None) -> Iterator[Outcome]:
        """Yield what its file says of a certificate besides; what is about one part of it of that part alone."""
        if subject.facts.sha256 not in self._of_whom:
            return  # it is not whose file it is, such as what a keystore trusts
        for told in filter(None, (self._keys_by_part(), self._statements(judged.environment, by))):
            for position in (None, *(item.position for item in subject.items)):
                yield from told.get(position, ())

    def _keys_by_part(self) -> _ByPart:
        if not hasattr(self, "_of_keys_by_part"):
            told = self._keys_beside()
            self._of_keys_by_part: _ByPart = self._by_part(told) if told else {}
        return self._of_keys_by_part

    def _keys_beside(self) -> Sequence[Outcome]:
        if not hasattr(self, "_of_keys") and all(map(_states_no_key, self.contents.items)):
            self._of_keys: Sequence[Outcome] = ()  # as of most
        elif not hasattr(self, "_of_keys"):
            told = self._file_keys().outcomes(raise_crashes=self.judge.asked.raise_crashes)
            self._of_keys = tuple(map(self._here, filter(_is_told, told)))
        return self._of_keys

    def _file_keys(self) -> FileKeys:
        return FileKeys(self.contents, self.unit.name, self._read(), self.halves, self.judge.asked.passphrase)

    def _statements(self, environment: Environment, by: int | None) -> _ByPart:
        """Return what is wrong with the IDs and dates that the file states, for the systems of one judgement."""
        if not self.contents.described and not self.contents.service_ids and not self.contents.agreements:
            return {}  # it is no metadata
        if (environment, by) not in self._of_statements:
            told = self._stated(environment, by)
            self._of_statements[environment, by] = self._by_part(map(self._here, filter(_is_told, told)))
        return self._of_statements[environment, by]

    def _stated(self, environment: Environment, by: int | None) -> Iterator[Outcome]:
        systems, given = self.judge.systems(environment, by), self.judge.entity_id(by)
        ids = StatedIds.of((each.entity_id for each in self.own), None, systems)
        # whether it is the entity ID of a connection is a step of that
        yield from ids.outcomes(self.contents, (), environment)
        yield from check_metadata(self.contents, self.judge.asked.moment, systems, given)

    def _here(self, outcome: Outcome) -> Outcome:
        """Return what is told, with the name of this file in the place of what was seen in it."""
        return replace(lean(outcome), evidence=(Evidence("file", self.unit.name),))

    def _by_part(self, told: Iterable[Outcome]) -> _ByPart:
        """Return what is told by the certificates of its own that it is about: each is gone over once.

        What is about all of them stands with no position, and of a rule so much of it as anybody reads.
        """
        own = [item for subject in self.own for item in subject.items]
        places = {str(item.position): item.place for item in self.contents.items}
        parts: dict[object, list[int]] = {}
        for item in own:
            for part in (("position", str(item.position)), ("place", item.place), ("name", item.entity_id)):
                parts.setdefault(part, []).append(item.position)
        found: dict[int | None, list[Outcome]] = {}
        times: Counter[str] = Counter()
        for each in told:
            about = _parts_of(each, places, parts)
            times[each.rule.code] += not about
            for position in about or ((None,) if times[each.rule.code] <= MAX_LISTED else ()):
                found.setdefault(position, []).append(each)
        return found

    def _has_key(self, subject: Subject) -> bool:
        return self._holds_key_of(subject.facts) or any(item.has_key for item in subject.items)

    def _holds_key_of(self, facts: CertificateFacts) -> bool:
        return not thumbprints(facts.public_key).isdisjoint(self.held)

    def _claimed(self, subject: Subject) -> tuple[int | None, ...]:
        if self.unit.wanted is not None:
            return self.unit.wanted[subject.facts.sha256]
        return self.judge.claiming(subject.facts, self.unit.claims, is_own=self._has_key(subject))

    def _pending(self, subject: Subject) -> Pending:
        claims = self._claimed(subject)
        of_provider = self._is_of_provider(subject)
        return Pending(
            self.unit.name, subject.facts.der, subject.entity_id or None, self.unit.host, claims, of_provider
        )

    def _certificate(
        self, facts: CertificateFacts, items: Sequence[Item], judgements: tuple[Judgement, ...] = ()
    ) -> HeldCertificate:
        is_held = self._holds_key_of(facts)
        # one alone in its file has none: most are so
        has_chain = len(self._read()) > 1 and facts.issuer.der in self._issuers and not facts.is_self_issued
        places = tuple(self._place(item, is_held=is_held, has_chain=has_chain) for item in items)
        return held_certificate(facts, places, judgements)

    @cached_property
    def _issuers(self) -> frozenset[bytes]:
        """The names of the authorities in the file, as DER."""
        return frozenset(facts.subject.der for _, facts in self._read() if is_authority(facts))

    def _place(self, item: Item, *, is_held: bool = False, has_chain: bool = False) -> Place:
        return Place(
            self.unit.name,
            item.position,
            OF_PEER if self.unit.host is not None else str(self.contents.container),
            item.alias,
            " ".join(filter(None, (item.role, item.use))) or None,
            item.entity_id,
            with_key=bool(item.has_key) or is_held,
            named_by=self.unit.named_by,
            out_of_date=self._out_of_date(item) if self.contents.described else None,
            within=item.within,
            is_sent=self.unit.sent_with is not None or item.is_served,
            with_chain=has_chain,
        )

    def _out_of_date(self, item: Item) -> str | None:
        """Return the code of what is wrong with the end of the metadata that an item stands in."""
        if not hasattr(self, "_of_ends"):
            found = ends_of(self.contents, self.judge.asked.moment)
            self._of_ends = dict(found)
        wheres = (None, (item.entity_id, None), (item.entity_id, item.role))
        return next(filter(None, map(self._of_ends.get, wheres)), None)

    def _keys(self) -> Iterator[HeldKey]:
        apart = self._file_keys().of_none() if self.halves else ()
        for item, public in self.halves.items():
            spki, label = (None, "") if public is None else (public.spki_sha256, public.label)
            place, readable = self._place(item), self.unit.readable_by_others
            passed = self.unit.is_passed_over
            yield HeldKey(place, spki, item.encrypted, readable, label, item in apart, is_passed_over=passed)

    def _lists(self) -> int:
        """Return how many lists and OCSP responses can be used; of what cannot it is told."""
        return sum(self._is_readable(item) for item in self.contents.items if item.kind in LISTS)

    def _is_readable(self, item: Item) -> bool:
        try:
            refuse_unreadable(item)
        except InputError as error:
            self.unread.append(_gap(self.unit, error, position=item.position))
            return False
        return True

    def _requests(self) -> Iterator[HeldRequest]:
        for item in self.contents.of_kind(ItemKind.REQUEST):
            try:
                facts = read_request(item.der, self.unit.name)
            except InputError as error:
                self.unread.append(_gap(self.unit, error, position=item.position))
                continue
            oin = _oin(facts.subject.first(SUBJECT_SERIAL_NUMBER))
            name, spki = facts.subject.common_name, facts.public_key.spki_sha256
            yield HeldRequest(self._place(item), facts.subject.text, name, oin, spki, _dns(facts))


_KEYSTORES: Final = frozenset({ContainerFormat.JKS, ContainerFormat.PKCS12})
_OF_DELIVERY: Final = frozenset(rule.code for rule in (COMPLETE, VALID))
_OF_PATH: Final = frozenset(rule.code for rule in PATH_RULES)
# that a key lies with its certificate, or is encrypted, is told of it as a key, with who may read it
_AS_KEYS: Final = frozenset((ENCLOSED.code, COMPARED.code))


def _is_served(subject: Subject) -> bool:
    """Return whether a certificate stands in a Secret as what a server sends."""
    return any(item.is_served and item.alias == CERTIFICATE for item in subject.items)


def _parts_of(
    outcome: Outcome, places: Mapping[str, int | None], parts: Mapping[object, Sequence[int]]
) -> Sequence[int]:
    """Return the positions of the certificates that an outcome is about; none where of all of them."""
    position, name = outcome.params.get("position"), outcome.params.get("name")
    if position is None:
        return () if name is None else parts.get(("name", name), ())
    place = places.get(position)
    return parts.get(("position", position)) or (() if place is None else parts.get(("place", place), ()))


def _states_no_key(item: Item) -> bool:
    """Return whether an item is a certificate and nothing beside it: then its file has no key to hold against it."""
    states = item.stated_key is not None or item.stated_kind is not None or item.is_stated is not None
    return item.kind is ItemKind.CERTIFICATE and not states


def _is_told(outcome: Outcome) -> bool:
    return outcome.status in {Status.VIOLATED, Status.NOT_CHECKED} and outcome.rule.code not in _AS_KEYS


def _fails(outcome: Outcome) -> bool:
    return outcome.status is Status.VIOLATED and outcome.rule.severity is Severity.ERROR


def held_certificate(
    facts: CertificateFacts, places: tuple[Place, ...], judgements: tuple[Judgement, ...]
) -> HeldCertificate:
    """Return what is kept of a certificate."""
    seen, oin = hierarchy_of(facts), oin_from_certificate(facts).oin
    key = facts.public_key
    return HeldCertificate(
        sha256=facts.sha256,
        sha1=facts.sha1,
        serial_number=serial_hex(facts.serial_number),
        subject=str(facts.subject.text),
        issuer=_issuer(facts),
        common_name=facts.subject.common_name,
        organization=facts.subject.organization,
        oin=None if oin is None else str(oin),
        dns_names=_dns(facts),
        not_before=facts.not_before,
        not_after=facts.not_after,
        key=" ".join(filter(None, (key.algorithm, key.curve or str(key.bits or "")))),
        spki_sha256=key.spki_sha256,
        hierarchy=seen.hierarchy.name if seen.hierarchy else None,
        generation=seen.generation or "",
        is_authority=not judgements,
        judgements=judgements,
        places=places,
        uses=(*sorted(facts.key_usage or ()), *sorted(facts.extended_key_usage or ())),
    )


_ISSUERS: Final[Recurring[str]] = Recurring()


def _issuer(facts: CertificateFacts) -> str:
    """Return the issuer in one line: of ten thousand certificates it is one of a few."""
    known = _ISSUERS.get(facts.issuer.der)
    if known is None:
        known = str(facts.issuer.text)
        _ISSUERS.keep(facts.issuer.der, known)
    return known


def _dns(facts: CertificateFacts | RequestFacts) -> tuple[str, ...]:
    return tuple(name.value for name in facts.subject_alternative_name or () if name.kind == "dns")


def _oin(value: str | None) -> str | None:
    try:
        return None if value is None else str(OIN(value, legacy=True))
    except InvalidOINError:
        return None


def _embedded() -> frozenset[bytes]:
    return frozenset(embedded_intermediates())
