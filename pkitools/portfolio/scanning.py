"""Places → readings: folders are walked, files read, what configurations point to is followed, peers are asked.

Files are only opened through :mod:`pkitools.files`; a network is only used by the means that are handed in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from pkitools.arguments import each_of, function, mapping, octets, of_type, text
from pkitools.checking.file_names import is_called_old_configuration
from pkitools.errors import PkitoolsError
from pkitools.files import is_folder
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_FOUND_AUTHORITIES, MAX_PENDING
from pkitools.portfolio.claims import Claims, namers
from pkitools.portfolio.copies import Copies, is_no_use, naming
from pkitools.portfolio.following import (
    MOST_ROUNDS,
    POINTS_NOWHERE,
    Leads,
    key_beside,
    keys_called,
    resolved,
    too_deep,
)
from pkitools.portfolio.foreseeing import gathered_from
from pkitools.portfolio.in_use import InUse
from pkitools.portfolio.including import Whole, whole_of
from pkitools.portfolio.inventory import peer_of
from pkitools.portfolio.judging import ANYWHERE, Judge, Judging
from pkitools.portfolio.known import Collecting
from pkitools.portfolio.leading import LedTo
from pkitools.portfolio.lodging import Lodgers
from pkitools.portfolio.model import Gap, HeldCertificate, Pending, Reading, Unread
from pkitools.portfolio.opening import KeptContent, ToRead, parts_of_text, unit_of
from pkitools.portfolio.pairing import Named, not_as_named, not_opened, said_of_key, with_said
from pkitools.portfolio.pairs import Pairs
from pkitools.portfolio.peers import Fetch, Peer, asked_together, unit_of_peer
from pkitools.portfolio.pointers import text_of
from pkitools.portfolio.pointing import OwnKey, Pointer, Target
from pkitools.portfolio.reading import Unit, examine, held_certificate
from pkitools.portfolio.rooting import Roots
from pkitools.portfolio.taking import key_taken, refuse_closed
from pkitools.portfolio.walking import FoundFile, Walk
from pkitools.portfolio.where import same_place
from pkitools.portfolio.working import optional_executor, readings_of
from pkitools.x509 import read_certificate

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pkitools.findings import Outcome

_FEW: Final = 64
"""Files that are looked through before the first is judged, and nobody waits for it."""
_EARLY: Final = 8
"""Files that are judged before all others, where there are more."""
_NO_PART: Final = 0
"""The number that no part of a file has: what is told of a file beside its parts."""


def scan(
    places: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    judging: Judging,
    *,
    fetch: Fetch | None = None,
    executor: Executor | None = None,
    contents: Mapping[str, bytes] | None = None,
) -> Iterator[Reading]:
    """Yield what every file and every peer gives, as it comes; one portfolio of it makes
    :class:`~pkitools.portfolio.gathering.Gathering`.

    A folder is looked through to its bottom, each folder once. What a configuration of nginx, Apache, HAProxy or
    Traefik names is read as well, and so is what an inventory lists that was handed in itself; of a folder that one of
    them names, only the files in it. Nothing that is found opens a connection: only what was given, or stands in such
    an inventory, is a peer. Nothing raises that a file or a peer does; it is told, once, in its reading.

    Args:
        places: files, folders and ``HOST:PORT``; what is there as a file is one.
        judging: what every certificate is asked.
        fetch: the means to ask a peer; without it each peer is told as one that was not asked.
        contents: what is at hand already, by the name to call it: looked at before the places, each as if it were a
            file that was named.
        executor: does the work, such as a :class:`~concurrent.futures.ProcessPoolExecutor`; ``None``: this process.

    Raises:
        InvalidValueError: a value is none, such as ``contents`` that are no octets by name.
    """
    given = [os.fspath(each) for each in each_of(places, (str, os.PathLike), "places")]
    at_hand = mapping({} if contents is None else contents, "contents")
    held = tuple(Unit(text(name, "contents"), octets(data, "contents")) for name, data in at_hand.items())
    judge = Judge(of_type(judging, Judging, "judging"))
    fetch = None if fetch is None else function(fetch, "fetch")
    return Scan(judge, fetch, optional_executor(executor), Claims(judging.claims), held).readings(given)


def count_files(places: Iterable[str]) -> int:
    """Return how many files and peers a scan of these places begins with: for an estimate; no file is opened.

    Raises:
        InvalidValueError: ``places`` are no names.
    """
    given = each_of(places, str, "places")
    files = [place for place in given if not _is_peer(place)]
    return len(given) - len(files) + sum(isinstance(found, FoundFile) for found in _walked(files))


@dataclass
class Scan:
    """One scan: what it has to come back to.

    Args:
        judge: asks the question.
        fetch, executor: as of :func:`scan`.
        claims: who claims what is found.
        held: what is at hand already.
        keeps: the places are those of connections: what is reached from those of one is judged by it, as if it were
            alone; and of the certificates that this returns ``True`` of more can be asked: the content of the files
            that hold one is kept for that.
        lends: folders that nobody named, in the files of which authorities are looked for that a chain may be mended
            with; what is below them is not.
        stated: those of the places that somebody named as they are, by their one spelling; ``None``: all that are
            given. A pattern names none of its files.
    """

    judge: Judge
    fetch: Fetch | None
    executor: Executor | None
    claims: Claims
    held: tuple[Unit, ...] = ()
    keeps: Callable[[HeldCertificate], bool] | None = None
    lends: Sequence[str] = ()
    stated: Collection[str] | None = None
    units: dict[str, dict[tuple[object, ...], Unit]] = field(default_factory=dict)
    reached: dict[str, tuple[int, ...]] = field(default_factory=dict)
    said: dict[str, tuple[Outcome, ...]] = field(default_factory=dict)
    followed: set[tuple[str, str]] = field(default_factory=set)
    authorities: dict[bytes, bytes] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    including: dict[str, None] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    in_use: InUse = field(default_factory=InUse)
    unknown: list[tuple[str, Pointer, Unread]] = field(default_factory=list)
    copies: Copies = field(default_factory=Copies)
    named: dict[tuple[str, bool, str], Named] = field(default_factory=dict)
    roots: Roots = field(default_factory=Roots)
    idle: set[str] = field(default_factory=set)
    active: set[str] = field(default_factory=set)
    old: dict[str, bool] = field(default_factory=dict)
    called_old: set[str] = field(default_factory=set)
    kept: KeptContent = field(default_factory=KeptContent)
    lodgers: Lodgers = field(init=False)
    pairs: Pairs = field(init=False)

    def __post_init__(self) -> None:
        self.lodgers = Lodgers(self.judge.asked.claims)
        self.pairs = Pairs(self._as_given)

    def readings(self, given: Sequence[str]) -> Iterator[Reading]:
        """Yield what every file and peer gives.

        Args:
            given: the places.
        """
        found = self._readings(given)
        return found if self.keeps is None else map(self._with_reached, found)

    def further(self, wanted: Mapping[str, Mapping[str, tuple[int | None, ...]]]) -> Iterator[Reading]:
        """Yield what comes of certificates by other connections than those that claim them; no file is read again.

        Args:
            wanted: of a file the certificates in it, by their SHA-256, each with the numbers of those connections, or
                ``None`` for what is asked of what nobody claims. Only what is kept can be asked.
        """
        self.pending = []
        kept = ((name, each) for name, each in self.units.items() if name in wanted)
        units = (_wanted(unit, wanted[name]) for name, each in kept for unit in each.values())
        for reading in self._noted(readings_of(filter(None, units), self.judge, self.executor), []):
            yield reading
            if reading.name in self.said:
                yield with_said(reading, self.said[reading.name])
        yield from self._again()

    def _readings(self, given: Sequence[str]) -> Iterator[Reading]:
        files = [each for each in given if not _is_peer(each)]
        for each in files:
            self.given.setdefault(same_place(each), each)
        files = [*map(self._as_given, files)]
        walked: Iterator[Unit | FoundFile | Unread] = chain(self.held, self._walked(files))
        further: list[tuple[str, Pointer]] = []
        first = list(islice(walked, _FEW))
        # of many files some are told at once, and again where others say more of them; of connections none is
        early = first[:_EARLY] if len(first) == _FEW and self.keeps is None else []
        later: set[str] = set()
        yield from self._noted(_sure(readings_of(map(self._unit, early), self.judge), later), further)
        yield from self._gathered(files)
        if self.judge.known:
            once_more = (self._unit(each) for each in early if each.name not in later)
            yield from map(_once_more, readings_of(once_more, self.judge))
        rest = map(self._unit, chain((each for each in early if each.name in later), first[len(early) :], walked))
        yield from self._noted(readings_of(rest, self.judge, self.executor), further)
        yield from self._pointed_to(further, [(each, "") for each in given if _is_peer(each)])
        self._note_stated(files)
        wholes = [(name, whole) for name in self.including for whole in self._wholes(name)]
        parts = self.in_use.parts()
        outermost = [whole for name, whole in wholes if os.path.realpath(name) not in parts]
        yield from self._of_variables(outermost)
        unopened = self._note_idle(wholes)
        for name, unread in self.in_use.missing(self._text, self._is_given, self._is_old):
            if unopened.isdisjoint(unread.named_by):
                yield Reading(name, unread=(unread,), is_again=True)
        yield from self._noted(self._lodging(), [])
        yield from self._again()
        for name, pointer in chain.from_iterable(whole.pointers for _, whole in wholes):
            if pointer.is_key and pointer.key_of:
                self.pairs.note_keyed(pointer, name)
                for path in resolved(pointer, name).files:
                    self.pairs.note(self._as_given(path), pointer, name)
        paired: dict[str, list[str]] = {name: [] for name in self.pairs.keyed}
        for (certificate, key), is_named in self.pairs.is_named.items():
            if is_named and certificate != key:
                paired.setdefault(certificate, []).append(key)
            if not all(map(self._is_old, self.pairs.origins[certificate, key])):
                yield from self._not_fitting(certificate, key, is_named=is_named)
        yield from self._not_opened(frozenset(key for _, key in self.pairs.is_named))
        in_use = (each for each in self.named.values() if not self._is_old(each.origin))
        yield from not_as_named(map(self._as_included(outermost, parts), in_use), paired, key_beside, self.judge)
        yield from self._used(files)
        yield from self._not_in_force()

    def _not_in_force(self) -> Iterator[Reading]:
        """Yield the lines that put nothing into use: what only these name is not in use by them."""
        idle = sorted(origin for origin in self.active | self.idle if not self.is_in_use(origin))
        if idle:
            yield Reading(idle[0].rpartition(":")[0], is_again=True, idle=tuple(idle))

    def _wholes(self, name: str) -> Iterator[Whole]:
        """Yield what a configuration and what it includes point to, by the names that their files have here.

        Once for each folder that a program opens its names from.
        """
        for roots in self.roots.of(name):
            found = whole_of(name, self._text, self.in_use.reached(name), roots)
            yield replace(found, pointers=[(self._as_given(origin), pointer) for origin, pointer in found.pointers])

    def _note_idle(self, wholes: Iterable[tuple[str, Whole]]) -> set[str]:
        """Note which lines name what their program does not use, as the configuration that includes them has it, and
        return those of which it does not open that either.
        """
        used: dict[str, bool] = {}
        opened: dict[str, bool] = {}
        for name, pointer in chain.from_iterable(whole.pointers for _, whole in wholes):
            origin = f"{name}:{pointer.line}"
            used[origin] = used.get(origin, False) or not pointer.is_idle
            opened[origin] = opened.get(origin, False) or not (pointer.is_idle and pointer.is_optional)
        self.idle = {each for each in (*self.idle, *used) if not used.get(each, each in self.active)}
        return {origin for origin, is_opened in opened.items() if not is_opened}

    def is_in_use(self, origin: str) -> bool:
        """Return whether a line puts what it names into use, once all readings are there.

        Not where its program is told not to use that, and where it is of a configuration of before that no other
        includes. One that was named itself somebody says is used.

        Args:
            origin: the line, as ``FILE:LINE``.
        """
        name, _, _ = origin.rpartition(":")
        return origin not in self.idle and not self._is_old(name)

    def _is_old(self, name: str) -> bool:
        """Return whether a configuration is one of before, no other includes it, and nobody named it himself."""
        if name not in self.old:
            self.old[name] = self._is_called_old(name) and not self.in_use.may_include(name)
        return self.old[name]

    def _is_called_old(self, name: str) -> bool:
        """Return whether a configuration is called one of before, and nobody named it himself."""
        return not self._is_given(name) and is_called_old_configuration(PurePath(name).name)

    def _of_variables(self, wholes: Sequence[Whole]) -> Iterator[Reading]:
        """Follow what is named by a variable that another file of the same configuration sets, and yield what is not.

        Args:
            wholes: the configurations that no other includes.
        """
        waiting = {_same_spot(name, pointer.line) for name, pointer, _ in self.unknown}
        known: set[tuple[str, int]] = set()
        unknown: set[tuple[str, int]] = set()
        for whole in wholes if waiting else ():
            lines = {_same_spot(*each) for each in whole.lines}
            if waiting.isdisjoint(lines):
                continue
            known |= lines
            unknown.update(
                _same_spot(name, each.line) for name, each in whole.pointers if each.target is Target.UNKNOWN
            )
            yield from self._pointed_to([*whole.pointers], [])
        for name, pointer, unread in self.unknown:
            spot = _same_spot(name, pointer.line)
            if spot in unknown or spot not in known:
                told = replace(unread, gap=Gap.SKIPPED) if self._is_old(name) else unread
                yield Reading(name, unread=(told,), is_again=True)

    def _as_included(self, wholes: Sequence[Whole], parts: Collection[str]) -> Callable[[Named], Named]:
        """Return what says of a certificate as the configuration that includes its own has it if a key is named for it.

        Args:
            wholes: the configurations that no other includes.
            parts: the files that others include.
        """
        told: dict[tuple[str, int, str], list[OwnKey]] = {}
        for name, pointer in chain.from_iterable(whole.pointers for whole in wholes):
            for path in resolved(pointer, name).files if pointer.serves else ():
                told.setdefault((*_same_spot(name, pointer.line), self._as_given(path)), []).append(pointer.own_key)

        def placed(named: Named) -> Named:
            spot = *_same_spot(named.origin, named.pointer.line), named.path
            if spot in told:  # one block without a key suffices for a program to refuse it
                worst = max(told[spot], key=list(OwnKey).index)
                return replace(named, pointer=replace(named.pointer, own_key=worst))
            return replace(named, is_known=os.path.realpath(named.origin) not in parts)

        return placed

    def _lodging(self) -> Iterator[Reading]:
        """Yield by the connections what is used as theirs with another OIN: that is known when all keys are."""
        for name, wanted in self.lodgers.found().items():
            unit = next((each for each in self.held if each.name == name), None) or unit_of(
                ToRead(name, in_folder=True)
            )
            if not isinstance(unit, Reading):
                yield examine(replace(unit, wanted=wanted), self.judge)

    def _note_stated(self, files: Sequence[str]) -> None:
        """Note which configurations that are called ones of before another text uses, such as a Dockerfile."""
        old = {name for name in self.called_old if self._is_old(name)}
        if not old:
            return
        too_large: list[Unread] = []
        for source, name in naming(old, self._names(files), self._parts(files, too_large)):
            self.in_use.names(source, [name], is_old=self._is_called_old(source))
        for each in too_large:  # what it names nobody knows
            self.in_use.names(each.name, old, is_old=False)
        self.old.clear()

    def _used(self, files: Sequence[str]) -> Iterator[Reading]:
        """Yield what is called a copy and has ended, where something says that it is used."""
        if self.copies:
            yield from self.copies.by_links()
            too_large: list[Unread] = []
            leads: dict[str, set[str]] = {}
            for path, origin in self.followed:
                leads.setdefault(origin, set()).add(path)
            yield from self.copies.by_texts(self._parts(files, too_large), self._names(files), leads)
            yield from (Reading(one.name, unread=(one,), is_again=True) for one in too_large)

    def _parts(self, files: Sequence[str], too_large: list[Unread]) -> Iterator[tuple[str, int, str]]:
        """Yield the parts of all texts that may use a file, and keep which are too large to be looked through."""
        held = {unit.name: unit.data for unit in self.held}
        for name in self._names(files):
            for part in () if is_no_use(name) else parts_of_text(name, held.get(name)):
                if isinstance(part, Unread):
                    too_large.append(part)
                else:
                    yield name, *part

    def _names(self, files: Sequence[str]) -> Iterator[str]:
        yield from (unit.name for unit in self.held)
        yield from (found.name for found in self._walked(files) if isinstance(found, FoundFile))

    def _not_fitting(self, certificate: str, key: str, *, is_named: bool) -> Iterator[Reading]:
        """Yield a certificate once more, with what there is to say of its key, where that does not fit."""
        unit, beside = (unit_of(ToRead(name, in_folder=True)) for name in (certificate, key))
        if isinstance(unit, Reading) or isinstance(beside, Reading):
            return
        try:
            wrong = said_of_key(unit, beside, self.judge.asked.passphrase, is_named=is_named)
        except PkitoolsError as error:
            yield not_opened(key, error, self._origins(key, is_key=True) or self._origins(certificate, is_key=False))
            return
        doubt = self.pairs.doubt_of((certificate, key))
        if wrong and doubt is not None:
            yield _of_several(certificate, *doubt)
        elif wrong:
            self.said[certificate] = (*self.said.get(certificate, ()), *wrong)
            yield with_said(examine(replace(unit, claims=self._leads([certificate])), self.judge), wrong)

    def _not_opened(self, compared: Collection[str]) -> Iterator[Reading]:
        """Yield the private keys that are named, are held to no certificate, and are not looked into."""
        for key in dict.fromkeys(path for path, is_key, _ in self.named if is_key and path not in compared):
            unit = unit_of(ToRead(key, in_folder=True))
            try:
                if not isinstance(unit, Reading):
                    refuse_closed(unit, self.judge.asked.passphrase)
            except PkitoolsError as error:
                yield not_opened(key, error, self._origins(key, is_key=True))

    def _origins(self, path: str, *, is_key: bool) -> list[str]:
        """Return the lines that name a file as a private key, or as a certificate that is served."""
        return [origin for name, names_key, origin in self.named if name == path and names_key is is_key]

    def _with_reached(self, reading: Reading) -> Reading:
        """Return what a file gave with the connections that lead there; of what was followed, those that led there."""
        if reading.reached:
            return reading
        names = (*namers(reading.named_by),) or (reading.name,)
        return replace(reading, reached=self._leads(names))

    def _leads(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the connections from whose places files were reached so far."""
        every = (number for name in names for number in self.reached.get(name) or self.claims.of_file(name))
        return tuple(dict.fromkeys(every))

    def _pointed_to(self, further: list[tuple[str, Pointer]], peers: list[tuple[str, str]]) -> Iterator[Reading]:
        for _ in range(MOST_ROUNDS):
            if not further:
                break
            peers += [(p.text, f"{name}:{p.line}") for name, p in further if p.target is Target.PEER]
            units, further = list(self._followed(self.roots.rooted(further))), []
            yield from self._noted(
                readings_of((self._claimed(unit_of(each)) for each in units), self.judge, self.executor), further
            )
        yield from self._of_peers(peers)
        for name, pointer in self.roots.rooted(further):
            told, origin = resolved(pointer, name), f"{name}:{pointer.line}"
            if told.unread is not None:
                yield Reading(name, unread=(told.unread,), is_again=True)
            # what was followed from here was looked at already
            if any((self._as_given(path), origin) not in self.followed for path in told.files):
                yield Reading(name, unread=(too_deep(pointer, name),), is_again=True)

    def _gathered(self, files: Sequence[str]) -> Iterator[Reading]:
        """Read everything for what it says of other files, which whoever judges then knows; yield what was too much."""
        collecting = Collecting()
        found = chain(self.held, self._walked(files))
        crash = self.judge.asked.raise_crashes
        for name, count in gathered_from(found, collecting, self.kept, raise_crashes=crash):
            yield _with_unread(Reading(name, is_again=True), "portfolio.error.not_kept", count)
        known, lent = collecting.known(), Collecting()
        beside = (found for found in _walked(self.lends, below=False) if isinstance(found, FoundFile))
        for _ in gathered_from(beside, lent, raise_crashes=crash):
            pass  # nobody asked for all of them
        if known or lent.known():
            self.judge = Judge(self.judge.asked, known, lent.known())

    def _walked(self, files: Sequence[str]) -> Iterator[FoundFile | Unread]:
        """Return the files there are."""
        return _walked(files) if self.keeps is None else _walked_apart(files)

    def _noted(self, readings: Iterable[Reading], further: list[tuple[str, Pointer]]) -> Iterator[Reading]:
        """Yield readings, and keep what is to be done after the last."""
        moment, is_claimed = self.judge.asked.moment, bool(self.judge.asked.claims)
        for reading in readings:
            self.lodgers.note(reading)
            for one in reading.certificates:
                if is_claimed or one.not_after < moment:
                    self.copies.note(reading.name, one, moment, is_claimed=is_claimed)
            for unread in reading.unread:
                self.copies.note_link(unread)
            if self.keeps is not None and not any(map(self.keeps, reading.certificates)):
                self.units.pop(reading.name, None)
            further += ((reading.name, pointer) for pointer in reading.points_to)
            left_out = 0
            for der in reading.authorities:
                if der not in self.authorities and len(self.authorities) < MAX_FOUND_AUTHORITIES:
                    self.authorities[der] = read_certificate(der).subject.der
                left_out += der not in self.authorities
            room = max(0, MAX_PENDING - len(self.pending))
            self.pending += reading.pending[:room]
            over = len(reading.pending) - room
            # a certificate that lacks its issuer is told whatever comes; of this file both would be the same
            code = "portfolio.error.not_kept" if left_out else "portfolio.error.not_judged_again"
            yield _with_unread(reading, code, left_out or over) if left_out or over > 0 else reading

    def _unit(self, found: Unit | FoundFile | Unread) -> Unit | Reading:
        if isinstance(found, Unit):
            return self._claimed(found)
        if isinstance(found, Unread):
            return Reading(found.name, unread=(found,))
        as_found = ToRead(found.name, found.in_folder, is_top=found.is_top, is_trusted=found.is_trusted)
        return self._claimed(unit_of(as_found, self.kept))

    def _claimed(self, unit: Unit | Reading) -> Unit | Reading:
        if isinstance(unit, Reading):
            return unit
        apart = self.keeps is not None
        claims = self._claims_of(unit) if apart else self.claims.of_file(unit.name, unit.named_by)
        if claims:
            unit = replace(unit, claims=claims)
        if apart:
            self.units.setdefault(unit.name, {})[unit.named_by, claims] = unit
        return unit

    def _claims_of(self, unit: Unit) -> tuple[int, ...]:
        """Return the connections from whose places a file was reached this time."""
        if unit.named_by:
            claims = self._leads(namers(unit.named_by))
            self.reached[unit.name] = tuple(dict.fromkeys((*self._leads([unit.name]), *claims)))
            return claims
        return self.claims.of_found(unit.name, in_folder=unit.in_folder)

    def _followed(self, further: Iterable[tuple[str, Pointer]]) -> Iterator[ToRead | Reading]:
        """Yield what pointers lead to, each file once with all that points to it."""
        led = LedTo()
        further = list(further)
        self.including.update((name, None) for name, pointer in further if pointer.target is Target.PATTERN)
        for name, pointer in further:
            origin = f"{name}:{pointer.line}"
            (self.idle if pointer.is_idle else self.active).add(origin)
            found = resolved(pointer, name)
            yield from self._led_to(name, pointer, found)
            for path in map(self._as_given, found.files):
                is_new = (path, origin) not in self.followed
                self.followed.add((path, origin))
                led.note(path, pointer, name, is_new=is_new, is_authority=path in self.judge.known.places)
                self._note(path, pointer, name)
                self._note_keys(path, pointer, name, led)
        yield from led.files()

    def _note_keys(self, path: str, pointer: Pointer, name: str, led: LedTo) -> None:
        """Note which private keys go with what a pointer leads to."""
        if not pointer.is_key:
            key = self._loaded(pointer, path, led, name)
            if key is not None:
                led.note_loaded(key, f"{name}:{pointer.line}")
                self.pairs.hold((path, key), name, is_named=False)
            return
        self.pairs.note_doubtful(pointer, name)
        if name not in self.including:  # what that includes may say otherwise
            self.pairs.note(path, pointer, name)

    def _led_to(self, name: str, pointer: Pointer, found: Leads) -> Iterator[Reading]:
        """Note what is included, and yield what is not known.

        Of what is not there that waits for what is in use, and of a variable for what another file says.
        """
        may_include = pointer.target in {Target.UNKNOWN, Target.UNREAD} and not (pointer.is_key or pointer.serves)
        self.old.clear()  # what this names may be one of before that is read all the same
        is_old = self._is_called_old(name)
        if is_old:
            self.called_old.add(name)
        self.in_use.names(name, found.files, is_old=is_old)
        if pointer.target is Target.PATTERN or may_include:
            self.in_use.includes(name, found.files, pointer.text, is_all=found.unread is None)
        if found.unread is None:
            return
        if found.unread.code == POINTS_NOWHERE and pointer.target is Target.FILE:
            self.in_use.misses(name, pointer, found.unread)
        elif pointer.target is Target.UNKNOWN and (pointer.serves or pointer.trusts or pointer.is_key):
            self.unknown.append((name, pointer, found.unread))
        else:
            yield Reading(name, unread=(found.unread,), is_again=True)

    def _is_given(self, name: str) -> bool:
        return same_place(name) in (self.given if self.stated is None else self.stated)

    def _as_given(self, path: str) -> str:
        """Return the name that a file has from the place that was given: however it is reached, it is one file."""
        whole = os.path.abspath(path)  # noqa: PTH100  pathlib's leaves .. in it, or follows links
        above = os.path.dirname(whole)  # noqa: PTH120  of each file, up to the root
        while True:
            if (given := self.given.get(same_place(above))) is not None:
                return os.path.join(given, os.path.relpath(whole, above))  # noqa: PTH118  as a walk names it
            if above == os.path.dirname(above):  # noqa: PTH120  as above
                break
            above = os.path.dirname(above)  # noqa: PTH120  as above
        return self.given.get(same_place(whole), path)

    def _note(self, path: str, pointer: Pointer, name: str) -> None:
        """Note that a file is named as a certificate that is served, or as a private key."""
        if pointer.serves or pointer.is_key:
            spot = path, pointer.is_key, f"{name}:{pointer.line}"
            self.named.setdefault(spot, Named(path, pointer, name))

    def _loaded(self, pointer: Pointer, path: str, led: LedTo, name: str) -> str | None:
        """Return the key that a program loads with a certificate by itself, and note those that it passes over."""
        if pointer.own_key is OwnKey.LOADED:
            self.pairs.hold((path, path), name)
            called = keys_called(pointer, path)
            led.passed.update(dict.fromkeys(called) if called and self._has_key(path) else {})
        return key_beside(pointer, path)

    def _has_key(self, name: str) -> bool:
        """Return whether a program finds a private key in a file."""
        unit = unit_of(ToRead(name, in_folder=True))
        return not isinstance(unit, Reading) and key_taken(unit, self.judge.asked.passphrase) is not None

    def _text(self, name: str) -> str | None:
        """Return the text of a file; ``None`` of what cannot be read, which is told where it is read."""
        unit = next((each for each in self.held if each.name == name), None) or unit_of(ToRead(name, in_folder=True))
        return None if isinstance(unit, Reading) else text_of(unit.data, unit.name)

    def _of_peers(self, peers: Sequence[tuple[str, str]]) -> Iterator[Reading]:
        named: dict[Peer, list[str]] = {}
        for given, origin in peers:
            peer = peer_of(given)
            assert peer is not None  # only what is one came this far
            named.setdefault(peer, []).extend([origin] if origin else [])
        asked = asked_together(self.fetch, [*named], raise_crashes=self.judge.asked.raise_crashes)
        units = (
            unit_of_peer(peer, answer, tuple(named[peer]), address)
            for peer, answers in asked
            for address, answer in answers.items()
        )
        yield from self._noted(readings_of(units, self.judge, self.executor), [])

    def _again(self) -> Iterator[Reading]:
        """Yield what is judged better now that the authorities in all files are known."""
        subjects = set(self.authorities.values())
        between = tuple(self.authorities)
        for one in self.pending:
            facts = read_certificate(one.der)
            known = facts.issuer.der in subjects and facts.der not in self.authorities
            if not known or self.judge.has_issuer_near(facts, one.name):
                continue
            where = replace(ANYWHERE, of_provider=one.of_provider)
            ask = partial(self.judge.judge, facts, between, one.entity_id, one.host, where=where)
            told = tuple(judgement for judgement in map(ask, one.claims or (None,)) if judgement.has_path)
            if told:
                yield Reading(one.name, (held_certificate(facts, (), told),), is_again=True)


def _of_several(certificate: str, name: str, pointer: Pointer) -> Reading:
    """Return the gap that a key leaves that fits in one of the folders that a configuration may mean."""
    params = {"name": name, "line": pointer.line, "target": pointer.text, "other": certificate}
    origin = (f"{name}:{pointer.line}",)
    unread = Unread(certificate, Gap.UNREADABLE, "portfolio.error.several_folders", params, _NO_PART, origin)
    return Reading(certificate, unread=(unread,), is_again=True)


def _same_spot(name: str, line: int) -> tuple[str, int]:
    """Return a line of a file, however that was reached."""
    return os.path.realpath(name), line


def _with_unread(reading: Reading, code: str, count: int) -> Reading:
    """Return what a file gave, with for how many things in it there was no room."""
    params = {"name": reading.name, "count": count}
    unread = Unread(reading.name, Gap.UNREADABLE, code, params, _NO_PART)
    return replace(reading, unread=(*reading.unread, unread))


def _sure(readings: Iterable[Reading], later: set[str]) -> Iterator[Reading]:
    """Yield readings; of what depends on the rest of a folder take the name instead."""
    for reading in readings:
        if reading.is_by_folder:
            later.add(reading.name)
        else:
            yield reading


def _wanted(unit: Unit, by: Mapping[str, tuple[int | None, ...]]) -> Unit | None:
    """Return the same content with what is still to be asked of it; ``None`` where nothing is."""
    left = {sha256: tuple(each for each in claims if each not in unit.claims) for sha256, claims in by.items()}
    asked = {sha256: claims for sha256, claims in left.items() if claims}
    return replace(unit, wanted=asked) if asked else None


def _once_more(reading: Reading) -> Reading:
    """Return of a file that was told of before what is judged anew."""
    return Reading(reading.name, reading.certificates, is_again=True, is_anew=True, reached=reading.reached)


def _is_peer(place: str) -> bool:
    """Return whether a place that was given is a peer: what is there as a file or folder is none."""
    return peer_of(place) is not None and not os.path.lexists(place)


def _walked(given: Sequence[str], *, below: bool = True) -> Iterator[FoundFile | Unread]:
    walk = Walk()
    for place in given:
        yield from walk.files(place, below=below)


def _walked_apart(files: Sequence[str]) -> Iterator[FoundFile | Unread]:
    """Yield the files at the places of connections: each is looked through as if it were the only one.

    A folder in another that is given too is one of both, and so is what a link leads to.
    """
    given = {same_place(each): each for each in files}
    for place, name in given.items():
        if not (is_folder(name) and any(str(each) in given for each in PurePath(place).parents)):
            yield from Walk(given).files(name)
