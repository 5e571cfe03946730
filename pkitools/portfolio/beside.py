"""Private keys beside certificates they do not fit: in one file, by their names, or named by one configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Final, Protocol

from pkitools.checking.across import Value, exchanged_files, misplaced
from pkitools.checking.file_names import (
    Names,
    Stem,
    around,
    is_called_old_configuration,
    is_named_as_key,
    says_nobody,
    stem_of,
)
from pkitools.containers import ContainerFormat
from pkitools.frozen import dataclass
from pkitools.portfolio.model import HeldCertificate, HeldKey, HeldRequest
from pkitools.portfolio.waiting import names_of

_NEAR: Final = 3
"""Lines between the certificate and the key of one server in a configuration."""
_OF_FILES: Final = frozenset({
    ContainerFormat.PEM, ContainerFormat.DER, ContainerFormat.BASE64, ContainerFormat.PKCS7,
})  # fmt: skip
"""How a certificate lies in a file that holds it and no more than its chain, whatever the file is called."""
_KINDS: Final = frozenset((
    "cert", "certs", "crt", "certificate", "certificates", "certificaat", "certificaten", "public",
    "key", "keys", "private", "privkey", "sleutel", "sleutels",
))  # fmt: skip
"""Folders for one kind of thing, such as ``/etc/ssl/certs`` and ``/etc/ssl/private``."""
_Shared = tuple[PurePath, Stem]


class Found(Protocol):
    """What was found: what can be gone through more than once."""

    @property
    def certificates(self) -> Collection[HeldCertificate]:
        """The certificates."""

    @property
    def keys(self) -> Collection[HeldKey]:
        """The private keys."""

    @property
    def requests(self) -> Collection[HeldRequest]:
        """The requests."""


def misfits(found: Found) -> Iterator[tuple[HeldKey, str, set[str]]]:
    """Yield the private keys that fit none of the certificates they are beside, where, and the public keys of those."""
    if not found.keys:
        return
    beside = _Beside(found.certificates, found.keys)
    keys = [*beside.without_spare(_held_to(found.keys))]
    orders = _Orders(found.certificates, keys, found.requests)
    own = _own_beside(found.certificates, found.keys, keys, beside)
    for key in keys:
        for where, held in beside.of(key):
            is_of_other_side = where != key.place.name and key.place.name in own and where in beside.by_file
            # in its file a key may lie ready for the next: where a program takes the first, that is told by its pointer
            is_ready = where == key.place.name and orders.has(key, held)
            if held and key.spki_sha256 not in held and not is_of_other_side and not is_ready:
                yield key, where, held
                break


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A private key that fits none of the certificates it belongs to by its name.

    Args:
        key: it.
        places: where those lie: a file, and in a text that has more the number there.
        own: where those may be of the other side, the file of its own certificate.
        is_ordered: a request for the next of them lies beside it: the new key lies where the old one was.
    """

    key: HeldKey
    places: Sequence[tuple[str, int | None]]
    own: str | None = None
    is_ordered: bool = False


def misnamed(
    certificates: Collection[HeldCertificate], keys: Collection[HeldKey], requests: Collection[HeldRequest]
) -> Iterator[Misnamed]:
    """Yield the private keys that fit none of the certificates they belong to by their names.

    Args:
        certificates, keys, requests: what can be gone through more than once.
    """
    if not keys:
        return
    beside = _Beside(certificates, keys)
    open_keys = [*beside.without_spare(_held_to(keys))]
    orders = _Orders(certificates, open_keys, requests)
    own = _own_beside(certificates, keys, open_keys, beside)
    for key in open_keys:
        alike, held = beside.named_alike(key.place.name)
        if held and key.spki_sha256 not in held:
            yield Misnamed(key, [(name, None) for name in alike], own.get(key.place.name), orders.has(key, held))
    for key, places in (*_exchanged(certificates, open_keys, beside), *_misplaced(certificates, keys)):
        yield Misnamed(key, places, is_ordered=orders.has(key, orders.keys_at(name for name, _ in places)))


def _own_beside(
    certificates: Iterable[HeldCertificate], every: Iterable[HeldKey], keys: Iterable[HeldKey], beside: _Beside
) -> dict[str, str]:
    """Return by file of a key that of its certificate, where the one that is called as the key may be another side's.

    See ``_own_beside`` of :mod:`pkitools.checking.beside`.

    Args:
        certificates: all.
        every: all private keys.
        keys: those that are held to certificates.
        beside: what they are beside.
    """
    asked: dict[str, tuple[str, list[str]]] = {}
    for key in keys:
        alike, held = beside.named_alike(key.place.name)
        may_be_others = not key.place.within and not says_nobody(key.place.name)
        if held and key.spki_sha256 is not None and key.spki_sha256 not in held and may_be_others:
            asked[key.place.name] = (key.spki_sha256, alike)
    if not asked:
        return {}
    wanted = {spki for spki, _ in asked.values()}
    called = {other for _, alike in asked.values() for other in alike}
    fitting: dict[str, list[tuple[str, str]]] = {}
    subjects: dict[str, set[str]] = {}
    for one in certificates:
        for place in () if one.is_authority else one.places:
            if one.spki_sha256 in wanted and place.container in _OF_FILES and not place.within:
                fitting.setdefault(one.spki_sha256, []).append((place.name, one.subject))
            if place.name in called:
                subjects.setdefault(place.name, set()).add(one.subject)
    files: dict[str, set[str]] = {}
    for key in every:
        files.setdefault(key.spki_sha256 or "", set()).add(key.place.name)
    with_keys = Names({name for each in files.values() for name in each})
    own = {}
    for name, (spki, alike) in asked.items():
        folders = {PurePath(other).parent for other in alike}
        apart = (pair for pair in fitting.get(spki, ()) if pair[0] != name)  # a file with both is one of a mistaken key
        found = [pair for pair in apart if PurePath(pair[0]).parent in folders]
        is_exchanged = files[spki] != {name} or any(not files.keys().isdisjoint(beside.by_file[each]) for each in alike)
        is_exchanged = is_exchanged or any(not {name}.issuperset(with_keys.alike(other)) for other, _ in found)
        of_alike = {subject for other in alike for subject in subjects.get(other, ())}
        if found and not is_exchanged and of_alike.isdisjoint(subject for _, subject in found):
            own[name] = found[0][0]
    return own


def _exchanged(
    certificates: Iterable[HeldCertificate], keys: Collection[HeldKey], beside: _Beside
) -> Iterator[tuple[HeldKey, list[tuple[str, int | None]]]]:
    """Yield the private keys of files that are exchanged by a part of their names."""
    by_file: dict[str, list[HeldKey]] = {}
    for key in keys:
        by_file.setdefault(key.place.name, []).append(key)
    # one key in a file, and another in its folder: else nothing is exchanged
    single = {name: held[0] for name, held in by_file.items() if len(held) == 1 and not held[0].place.within}
    several = Counter(PurePath(name).parent for name in single)
    folders = {folder for folder, count in several.items() if count > 1}
    public: dict[str, set[str]] = {}
    for one in certificates if folders else ():
        for place in one.places:
            is_plain = place.container in _OF_FILES and place.entity_id is None
            if not one.is_authority and is_plain and PurePath(place.name).parent in folders:
                public.setdefault(place.name, set()).add(one.spki_sha256)
    asked = {
        name: {key.spki_sha256 or ""}
        for name, key in single.items()
        if PurePath(name).parent in folders and name not in public
    }
    for name, other in exchanged_files(public, asked, lambda name: beside.named_alike(name)[0]):
        yield single[name], [(other, None)]


def _misplaced(
    certificates: Collection[HeldCertificate], keys: Iterable[HeldKey]
) -> Iterator[tuple[HeldKey, list[tuple[str, int | None]]]]:
    """Yield the private keys in texts that do not fit what they go with in another by their names there."""
    keys = [key for key in keys if key.place.within]
    if not keys:
        return
    named = [
        Value(key.place.name, key.place, frozenset(() if key.spki_sha256 is None else (key.spki_sha256,)), key)
        for key in keys
    ]
    held = (
        Value(place.name, place, frozenset((one.spki_sha256,)), (place.name, place.position))
        for one in certificates
        if not one.is_authority
        for place in one.places
        if place.within
    )
    for key, alike in misplaced(held, named):
        yield key.what, [each.what for each in alike]


def _held_to(keys: Iterable[HeldKey]) -> Iterator[HeldKey]:
    """Yield the private keys that can be held to certificates: open, and no program has another in their place."""
    return (key for key in keys if key.spki_sha256 is not None and not key.is_passed_over)


class _Orders:
    """The requests for whose keys there is no certificate, each with the certificates that it asks the next of.

    A request anywhere is no excuse for a key: it lies beside that key, and is called so or for a name of the
    certificate that the key is held to.
    """

    def __init__(
        self, certificates: Iterable[HeldCertificate], keys: Iterable[HeldKey], requests: Iterable[HeldRequest]
    ) -> None:
        own = {key.spki_sha256 for key in keys}
        self._requests: dict[str, list[HeldRequest]] = {}
        for request in requests:
            if request.spki_sha256 in own:
                self._requests.setdefault(request.spki_sha256, []).append(request)
        near = {each for found in self._requests.values() for one in found for each in around(one.place.name)}
        self._names: dict[str, set[str]] = {}
        self._at: dict[str, set[str]] = {}
        for one in certificates if near else ():
            self._requests.pop(one.spki_sha256, None)  # one that was kept when its certificate came is of no order
            for place in () if one.is_authority else one.places:
                if not near.isdisjoint(around(place.name)):
                    self._names.setdefault(one.spki_sha256, set()).update(names_of(one))
                    self._at.setdefault(place.name, set()).add(one.spki_sha256)

    def keys_at(self, names: Iterable[str]) -> set[str]:
        """Return the public keys of the certificates in files, where a request lies near those."""
        return {spki for name in names for spki in self._at.get(name, ())}

    def has(self, key: HeldKey, held: Iterable[str]) -> bool:
        """Return whether a key is that of the next of certificates with these public keys."""
        names = {name for spki in held for name in self._names.get(spki, ())}
        name, is_in_text = key.place.name, bool(key.place.within)  # that of a text says nothing of one key in it
        return any(
            not around(name).isdisjoint(around(one.place.name))
            and (is_in_text or stem_of(one.place.name) == stem_of(name) or not names.isdisjoint(names_of(one)))
            for one in self._requests.get(key.spki_sha256 or "", ())
        )


class _Beside:
    """The public keys in certificates, by what a private key is held beside: a file, a name, a configuration."""

    def __init__(self, certificates: Iterable[HeldCertificate], keys: Iterable[HeldKey]) -> None:
        self.by_file: dict[str, set[str]] = {}
        self.by_name: dict[_Shared, dict[str, None]] = {}
        self.by_pointer: dict[str, list[tuple[int, str]]] = {}
        for key in keys:  # nothing else is asked for, and so nothing else is kept
            self.by_name[_shared(key.place.name)] = {}
            self.by_pointer |= {_origin(origin)[0]: [] for origin in key.place.named_by}
        for one in certificates:
            if not one.is_authority:
                self._add(one)

    def _add(self, one: HeldCertificate) -> None:
        for place in one.places:
            if not place.is_of_peer and place.entity_id is None:
                self._add_file(place.name, one.spki_sha256, is_plain=place.container in _OF_FILES)
            for name, line in map(_origin, place.named_by):
                if name in self.by_pointer:
                    self.by_pointer[name].append((line, one.spki_sha256))

    def _add_file(self, name: str, public_key: str, *, is_plain: bool) -> None:
        shared = _shared(name)
        if shared not in self.by_name:
            return
        self.by_file.setdefault(name, set()).add(public_key)
        if is_plain:
            self.by_name[shared][name] = None

    def without_spare(self, keys: Iterable[HeldKey]) -> Iterator[HeldKey]:
        """Yield private keys but for those behind the first of their file, where that fits what it is called as.

        Of PEM a program takes the first.
        """
        first: dict[str, HeldKey] = {}
        for key in keys:
            place = key.place
            known = first.setdefault(place.name, key)
            is_plain = place.container == ContainerFormat.PEM and not place.within
            if known is key or not is_plain or known.spki_sha256 not in self.named_alike(place.name)[1]:
                yield key

    def of(self, key: HeldKey) -> Iterator[tuple[str, set[str]]]:
        """Yield where certificates are beside a key, and the public keys in those."""
        name = key.place.name
        if key.is_apart:
            return  # a program takes it by its name: it is of something else than what it stands among
        yield name, self.by_file.get(name, set())
        alike, held = self.named_alike(name)
        if alike:
            yield alike[0], held
        for origin in key.place.named_by:
            pointing, line = _origin(origin)
            if is_called_old_configuration(PurePath(pointing).name):
                continue  # where something includes it all the same, what it names is held together by that
            named = self.by_pointer.get(pointing, [])
            near = any(abs(line - other) <= _NEAR for other, _ in named)
            yield origin, {spki for _, spki in named} if near and not _is_list(pointing) else set()

    def named_alike(self, name: str) -> tuple[list[str], set[str]]:
        """Return the files with certificates to which a key may belong by its name, and the public keys in them.

        Those in its folder, if there are; else those in the folder of another kind beside it.
        """
        folder = PurePath(name).parent
        if self.by_file.get(name) and not is_named_as_key(name):
            return [], set()
        found = [other for other in self.by_name[_shared(name)] if other != name and not is_named_as_key(other)]
        alike = [other for other in found if PurePath(other).parent == folder] or found
        return alike, {spki for other in alike for spki in self.by_file[other]}


def _origin(origin: str) -> tuple[str, int]:
    name, _, line = origin.rpartition(":")
    return name, int(line) if line.isdecimal() else 0


def _is_list(name: str) -> bool:
    """Return whether a file that names others is a list: what stands beside one another there belongs to itself."""
    return PurePath(name).suffix.lower() in {".csv", ".txt", ".tsv", ".lst"}


def _shared(name: str) -> _Shared:
    """Return what the files that belong together share: a name, and the folder they are in or their folders are in."""
    stem, folder = stem_of(name), PurePath(name).parent
    is_of_a_kind = not stem.is_local and folder.name.casefold() in _KINDS
    return folder.parent if is_of_a_kind else folder, stem
