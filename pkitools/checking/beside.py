"""Keys and requests in files of their own, beside certificates in others: do they belong to them?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pkitools.checking.across import Value, exchanged_files, misplaced
from pkitools.checking.file_names import Names, around, is_kept, is_named_as_key, says_nobody, stem_of
from pkitools.checking.own_names import names_in
from pkitools.checking.private_keys import (
    AUTHORITY,
    BESIDE,
    COMPARED,
    NAMED,
    NEXT,
    REQUEST,
    FileKey,
    check_public_keys,
    held_keys,
    not_compared,
    request_keys,
)
from pkitools.checking.selection import is_authority
from pkitools.checking.served import of_authority, somebodys_own
from pkitools.containers import Contents, Item, ItemKind
from pkitools.findings import MET, Evidence, NotChecked, Outcome, Severity, Violated, outcome
from pkitools.frozen import dataclass, field
from pkitools.messages import NOTHING
from pkitools.text import joined
from pkitools.x509.keys import names_of, thumbprints
from pkitools.x509.reader import readable

if TYPE_CHECKING:
    from pkitools.x509.model import CertificateFacts, PublicKey


@dataclass(frozen=True, slots=True)
class Companion:
    """What a file brings that goes with a certificate by its key: a private key, a request or a public key.

    Args:
        file: the name the file is known under.
        kind: what it is.
        names: the :func:`~pkitools.x509.keys.thumbprints` of its public key.
    """

    file: str
    kind: ItemKind
    names: frozenset[str] = field(repr=False)

    def fits(self, key: PublicKey) -> bool:
        """Return whether a certificate with this public key is the one it goes with."""
        return not thumbprints(key).isdisjoint(self.names)


def companions(files: Mapping[str, Contents], keys: Mapping[str, Iterable[frozenset[str]]]) -> Iterator[Companion]:
    """Yield what each file brings beside certificates; what cannot be opened or read goes with none that is known.

    Args:
        files: what each file holds, by the name it is known under.
        keys: by name, of each private key in a file that could be opened the thumbprints, as
            :class:`~pkitools.checking.chain.Together` has them: opening one takes long on purpose.
    """
    from pkitools.containers.key_facts import public_half

    for name, contents in files.items():
        yield from (Companion(name, ItemKind.KEY, names) for names in keys.get(name, ()))
        public = map(public_half, contents.of_kind(ItemKind.PUBLIC_KEY))
        found = {ItemKind.REQUEST: request_keys(contents, name).values(), ItemKind.PUBLIC_KEY: public}
        for kind, halves in found.items():
            yield from (Companion(name, kind, thumbprints(half)) for half in halves if half is not None)


def check_keys_beside(
    files: Mapping[str, Contents],
    public_keys: Mapping[str, Collection[str]],
    passphrase: bytes | None = None,
    chains: Collection[str] = (),
    named: Collection[str] = (),
) -> tuple[Outcome, ...]:
    """Return an outcome for each key and each request that lies in a file without certificates, or named as a key's.

    One that is named as a file with certificates is (``good.key``, ``good.pem``) is that of one of those. The key of a
    request that lies there too is that of a next certificate. Private keys that could not be opened are told together.

    Args:
        files: what each file holds that was given together, by its name.
        public_keys: by the name of each file with certificates, the SHA-256 (hex) of the public key of each in it.
        passphrase: for the keys that are encrypted.
        chains: those of these files that are the chain of the others: nobody has a key to them.
        named: those that were named, and not found in a folder: who names a key beside one file with certificates asks
            whether it is theirs.
    """
    apart = {name: each for name, each in files.items() if not each.of_kind(ItemKind.CERTIFICATE)}
    held = {name: held_keys(each, passphrase) for name, each in apart.items()}
    # what else lies in a file that is named as that of a key (a.key) makes it not another's: a.pem has to fit it
    other = {name: held_keys(each, passphrase) for name, each in files.items() if _is_named_beside(name, each)}
    asked = {name: request_keys(each, name) for name, each in apart.items()}
    closed = [(name, key) for name, keys in held.items() for key in keys if key.public is None]
    own = [name for name in public_keys if name not in chains]
    opened = names_of(key.public for keys in held.values() for key in keys)
    # beside its own key, or one that nobody can look into, another is as well that of a renewal under way
    is_settled = bool(closed) or any(not opened.isdisjoint(public_keys[name]) for name in own)
    keys_of = {name: names_of(key.public for key in keys) for name, keys in {**held, **other}.items() if keys}
    together = _Together(
        public_keys,
        files,
        own if len(own) == 1 and not is_settled else (),
        named,
        Names(own),
        Names(name for name in public_keys if name not in chains and name not in other),
        opened,
        bool(closed),
        names_of(key for keys in asked.values() for key in keys.values()),
        keys_of,
        Names(keys_of),
    )
    return (
        *(each for name, keys in held.items() for each in together.of_keys(name, keys)),
        *(each for name, keys in held.items() for each in together.of_authorities(name, keys)),
        *(each for name, keys in other.items() for each in together.of_mixed(name, keys)),
        *(each for name, keys in asked.items() for each in together.of_requests(name, keys)),
        *(each for name, contents in apart.items() for each in together.of_public_keys(name, contents)),
        *together.of_exchanged(held),
        *_in_texts(files, held, together.asked),
        *_closed(closed, has_passphrase=passphrase is not None),
    )


def of_other_side(own: str) -> dict[str, str]:
    """Return what a message says where a key is called as the certificate of the other side, beside its own.

    Args:
        own: the file of the certificate that it fits.
    """
    return {"held": NOTHING, "own": own}


@dataclass(frozen=True, slots=True)
class _Together:
    """What lies together.

    Args:
        public_keys: those of the certificates, by file.
        files: all, by their names.
        only: the one file with certificates to which nothing else belongs; none where there are several.
        named: those that were named, and not found in a folder.
        names: of the files with certificates to which a key may belong.
        plain: of those that are not named as files of keys.
        held: public keys whose private key lies there.
        has_closed: a private key lies there that could not be opened.
        asked: public keys for which a request lies there.
        keys: of each file of keys the names of those.
        with_keys: of those files.
    """

    public_keys: Mapping[str, Collection[str]]
    files: Mapping[str, Contents]
    only: Sequence[str]
    named: Collection[str]
    names: Names
    plain: Names
    held: frozenset[str]
    has_closed: bool
    asked: frozenset[str]
    keys: Mapping[str, frozenset[str]]
    with_keys: Names

    def of_keys(self, name: str, keys: Sequence[FileKey]) -> Iterator[Outcome]:
        """Yield an outcome for each private key of a file that could be opened."""
        called = self.names.alike(name)
        first = keys[0].public if keys else None
        is_first_own = first is not None and bool(called) and self._fits(first, called)
        for key in keys:
            # of PEM a program takes the first: another behind it is of none
            alike = () if is_first_own and key is not keys[0] and not key.item.within else called
            if key.public is None or (is_kept(name, self.files) and not self._fits(key.public)):
                continue  # of what was written over nobody says that it belongs to what is there now
            # a request that was kept when its certificate came is of no renewal
            pending = not thumbprints(key.public).isdisjoint(self.asked) and not self._fits(key.public)
            fits = self._fits(key.public, alike) or (pending and not alike)
            # while a renewal is under way the new key may lie where the old one was
            weighs = Severity.WARNING if pending and alike and self._is_ordered(name, key.public, alike) else None
            severity = Severity.ERROR if self._is_asked(name) and not alike else weighs
            params = {**key.params, "file": name, "beside": joined(alike)}
            own = None if fits or severity is not None else self._own_beside(name, key.public, alike)
            if own is not None:
                severity, params = Severity.WARNING, {**params, **of_other_side(own)}
            yield outcome(
                NAMED if alike else BESIDE, MET if fits else Violated(key.evidence, params, severity=severity)
            )

    def of_authorities(self, name: str, keys: Sequence[FileKey]) -> Iterator[Outcome]:
        """Yield an outcome for each private key of a file that is of an authority above what it lies with.

        One that lies beside the certificate of that authority by itself may be kept so on purpose: unless it is called
        as another, or was named with one.
        """
        called = self.names.alike(name)
        for key in keys:
            own = frozenset[str]() if key.public is None else thumbprints(key.public)
            fitting = [other for other, held in self.public_keys.items() if not own.isdisjoint(held)]
            if key.public is None or not fitting or (called and not self._fits(key.public, called)):
                continue  # that it does not go with what is called so is told
            by_itself = [other for other in fitting if of_authority(own, self._chain(other)) is None]
            if any(facts in somebodys_own(self._chain(other)) for other in by_itself for facts in self._of(own, other)):
                continue  # it is of one that is somebody's own
            asked = called or self._named_with(name)
            if by_itself and not asked and name not in self.named:
                continue
            # it lies in none of those that it was named with
            found = of_authority(own, self._certificates(asked or fitting)) or (
                None if called else of_authority(own, self._certificates((*(asked or self.public_keys), *fitting)))
            )
            if found is not None:
                params = {**key.params, "file": name, **found.params}
                yield outcome(AUTHORITY, Violated(key.evidence, params, severity=None if asked else Severity.WARNING))

    def _certificates(self, names: Iterable[str]) -> list[CertificateFacts]:
        return [facts for name in names for facts in self._chain(name)]

    def _of(self, key: frozenset[str], name: str) -> list[CertificateFacts]:
        return [facts for facts in self._chain(name) if not thumbprints(facts.public_key).isdisjoint(key)]

    def _is_of_authorities(self, name: str) -> bool:
        chain = self._chain(name)
        return bool(chain) and not somebodys_own(chain)

    def _named_with(self, name: str) -> Sequence[str]:
        """Return the files with the one certificate of somebody's own that a key was named with, when no other key is.

        It may stand in several, as by itself and in one with its chain; :attr:`only` is a file of its own.
        """
        if name not in self.named or self.has_closed:
            return ()
        own = {other: found for other in self.public_keys if (found := somebodys_own(self._chain(other)))}
        every = {facts.sha256: facts for each in own.values() for facts in each}
        has_key = any(not self.held.isdisjoint(thumbprints(facts.public_key)) for facts in every.values())
        return [*own] if len(every) == 1 and not has_key else ()

    def _chain(self, name: str) -> Sequence[CertificateFacts]:
        return [*readable(self.files[name].certificates)] if name in self.files else ()

    def _is_ordered(self, name: str, key: PublicKey, alike: Sequence[str]) -> bool:
        """Return whether a key is that of a request beside it, which is called so or is for a name of these files."""
        from pkitools.requests import read_request  # few files hold requests

        names = {
            each for other in alike for facts in readable(self.files[other].certificates) for each in names_in(facts)
        }
        for file, contents in self.files.items():
            if around(file).isdisjoint(around(name)):
                continue
            for item, asked in request_keys(contents, file).items():
                if asked is None or thumbprints(asked).isdisjoint(thumbprints(key)):
                    continue
                if stem_of(file) == stem_of(name) or not names.isdisjoint(names_in(read_request(item.der, file))):
                    return True
        return False

    def _own_beside(self, name: str, key: PublicKey, alike: Sequence[str]) -> str | None:
        """Return the file of the certificate of a key, where the one that is called as the key may be another side's.

        Both lie in one folder. The certificate that the key fits has no other key and is of another name than the one
        that it does not fit: else keys were exchanged, or the key of a next certificate was left out. A name that is
        nobody's is not that of another side.
        """
        if says_nobody(name):
            return None
        folders = {Path(other).parent for other in alike}
        found = [
            other
            for other in self.names
            if Path(other).parent in folders and self._fits(key, (other,)) and not self._is_of_authorities(other)
        ]
        if not found or any(not self.held.isdisjoint(self.public_keys[other]) for other in alike):
            return None
        has_other = any(not each.isdisjoint(thumbprints(key)) for other, each in self.keys.items() if other != name)
        if has_other or any(not {name}.issuperset(self.with_keys.alike(other)) for other in found):
            return None
        return found[0] if self._subjects(found).isdisjoint(self._subjects(alike)) else None

    def _subjects(self, names: Iterable[str]) -> set[str]:
        found = (facts for name in names for facts in readable(self.files[name].certificates))
        return {facts.subject.text for facts in found if not is_authority(facts)}

    def of_mixed(self, name: str, keys: Sequence[FileKey]) -> Iterator[Outcome]:
        """Yield an outcome for the private keys of a file that has certificates as well, and the name of a key's.

        With the certificates it is in another rule compares it; one that fits those and not the others of its name may
        stand beside one that does.
        """
        alike = self.plain.alike(name)
        opened = [key for key in keys if key.public is not None]
        if not alike or not opened:
            return
        own = [other for other in alike if other != name]
        fits = any(
            key.public is not None
            and self._fits(key.public, own)
            and of_authority(thumbprints(key.public), self._certificates(own)) is None
            for key in opened
        )
        params = {**opened[0].params, "file": name, "beside": joined(alike)}
        yield outcome(NAMED, MET if fits else Violated(opened[0].evidence, params))

    def of_exchanged(self, held: Mapping[str, Sequence[FileKey]]) -> Iterator[Outcome]:
        """Yield an outcome for each file with one key that is exchanged with another by a part of its name."""
        keys = {
            name: thumbprints(one.public)
            for name, (one, *more) in ((name, found) for name, found in held.items() if found)
            if not more and one.public is not None and not one.item.within and not is_kept(name, self.files)
        }
        certificates = {name: self.public_keys[name] for name in self.names}
        for name, beside in exchanged_files(certificates, keys, self.names.alike):
            (key,) = held[name]
            yield outcome(NAMED, Violated(key.evidence, {**key.params, "file": name, "beside": beside}))

    def of_requests(self, name: str, keys: Mapping[Item, PublicKey | None]) -> Iterator[Outcome]:
        """Yield an outcome for each request of a file.

        That it was named beside the one file with certificates says nothing: so is one for the next of them.
        """
        alike = self.names.alike(name)
        for item, key in keys.items():
            if key is None:
                if self._alike(name):
                    yield outcome(REQUEST, NotChecked("unreadable", params={"count": "1"}))
                continue
            seen = (Evidence(f"{name}, block {item.position}", key.spki_sha256),)
            swapped = self._fits(key) and not self._fits(key, alike)
            # the key that is closed may be the one it asks for, and then it is that of a renewal
            severity = Severity.WARNING if self.has_closed and alike and not swapped else None
            told = Violated(seen, {"file": name, "position": str(item.position), "key": key.label}, severity=severity)
            if swapped or not (self._fits(key) or not alike or not thumbprints(key).isdisjoint(self.held)):
                yield outcome(REQUEST, told)
            else:
                yield outcome(REQUEST if alike else NEXT, MET) if self._fits(key) else outcome(NEXT, told)

    def of_public_keys(self, name: str, contents: Contents) -> Iterator[Outcome]:
        """Yield an outcome for each public key of a file that stands there by itself."""
        alike = self._alike(name)
        yield from check_public_keys(
            contents,
            frozenset().union(*(self.public_keys[other] for other in alike or self.public_keys)),
            name,
            Severity.WARNING if alike else Severity.NOTICE,
        )

    def _is_asked(self, name: str) -> bool:
        """Return whether it was asked of a file if it belongs to the one with certificates: the two were named."""
        return bool(self.only) and name in self.named

    def _alike(self, name: str) -> Sequence[str]:
        """Return the files with certificates that a file belongs to, by its name or because that was asked."""
        return self.names.alike(name) or (self.only if self._is_asked(name) else ())

    def _fits(self, key: PublicKey, files: Collection[str] = ()) -> bool:
        names = thumbprints(key)
        return any(not names.isdisjoint(self.public_keys[name]) for name in files or self.public_keys)


def _in_texts(
    files: Mapping[str, Contents], held: Mapping[str, Sequence[FileKey]], asked: frozenset[str]
) -> Iterator[Outcome]:
    """Yield an outcome for each private key in a text that does not fit what it goes with in another by its name."""
    if not any(key.item.within for each in held.values() for key in each):
        return
    asked_about = {id(key.item): key for each in held.values() for key in each}
    keys = [
        Value(name, item, _names_of_asked(key, asked), key)
        for name, each in files.items()
        for item in each.of_kind(ItemKind.KEY)
        if item.within
        for key in (asked_about.get(id(item)) or FileKey(item, each.container, None),)
    ]
    certificates = (
        Value(name, item, thumbprints(facts.public_key), item.alias or NOTHING)
        for name, each in files.items()
        for item in each.of_kind(ItemKind.CERTIFICATE)
        if item.within
        for facts in readable((item.der,))
        if not is_authority(facts)
    )
    for key, alike in misplaced(certificates, keys):
        beside = joined(list(dict.fromkeys(each.file for each in alike)))
        yield outcome(NAMED, Violated(key.what.evidence, {**key.what.params, "file": key.file, "beside": beside}))


def _names_of_asked(key: FileKey, asked: frozenset[str]) -> frozenset[str]:
    """Return the names of a key that is held to certificates; none of one that is of a request."""
    names = frozenset() if key.public is None else thumbprints(key.public)
    return names if asked.isdisjoint(names) else frozenset()


def _is_named_beside(name: str, contents: Contents) -> bool:
    held = contents.of_kind(ItemKind.CERTIFICATE) and contents.of_kind(ItemKind.KEY)
    return bool(held) and is_named_as_key(name)


def _closed(keys: Sequence[tuple[str, FileKey]], *, has_passphrase: bool) -> Iterator[Outcome]:
    """Yield one outcome for all keys in files of their own that could not be opened."""
    if not keys:
        return
    evidence = tuple(each for _, held in keys for each in held.evidence)
    told = joined([f"{name} ({held.params['key']})" for name, held in keys])
    yield outcome(COMPARED, not_compared(evidence, {**keys[0][1].params, "key": told}, has_passphrase))
