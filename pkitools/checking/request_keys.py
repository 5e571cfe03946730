"""The private keys that are with a certificate signing request: is one of them its own, and may it be there?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pkitools.checking.file_names import Names, is_named_as_key, stem_of
from pkitools.checking.private_keys import (
    BESIDE,
    COMPARED,
    PUBLISHED,
    held_keys,
    not_compared,
    public_halves,
    request_keys,
)
from pkitools.containers import Contents, Item, ItemKind
from pkitools.findings import Evidence, Outcome, Severity, Violated, outcome
from pkitools.x509.keys import is_same_key, names_of, thumbprints
from pkitools.x509.reader import readable

if TYPE_CHECKING:
    from pkitools.checking.sections import Standing
    from pkitools.x509.model import PublicKey


class KeysWithRequests:
    """The private keys in files that were given together: which should be that of a request?

    Args:
        files: what each file holds, by its name.
        passphrase: for the keys that are encrypted; one that cannot be opened is none.
        named: those that were named, and not found in a folder: who names a key beside one request asks whether it is
            that of the request.
    """

    def __init__(
        self, files: Mapping[str, Contents], passphrase: bytes | None = None, named: Collection[str] = ()
    ) -> None:
        self._files, self._has_passphrase = files, passphrase is not None
        self._given = frozenset(named)
        self._certified = {name: found for name, each in files.items() if (found := _certified(each))}
        self._placed = {name: _standing(each, passphrase) for name, each in files.items()}
        self._certificates = _Folders(name for name in self._certified if not is_named_as_key(name))
        halves = {
            name: public_halves(each, passphrase)
            for name, each in files.items()
            # a key beside its certificate is that of the certificate: of a request for the next one it need not be
            if not each.of_kind(ItemKind.CERTIFICATE) or is_named_as_key(name)
        }
        self._keys = {name: [half for half in found.values() if half is not None] for name, found in halves.items()}
        self._closed = {
            name: closed
            for name, found in halves.items()
            if (closed := [item for item in found if found[item] is None])
        }
        self._closed_names = _Folders(self._closed)
        self._nameless: dict[Path, list[str]] = {}  # closed ones whose names say nothing: of anything in their folder
        for name in self._closed:
            if not stem_of(name).text:
                self._nameless.setdefault(Path(name).parent, []).append(name)
        self._named = _Folders(name for name, keys in self._keys.items() if keys)
        self._every = {name: key for keys in self._keys.values() for key in keys for name in thumbprints(key)}
        self._of_certificates = frozenset().union(*self._certified.values())
        is_one = sum(len(each.of_kind(ItemKind.REQUEST)) for each in files.values()) == 1
        asked = [key for name in named if is_one for key in self._keys.get(name, ())]
        self._asked = next((key for key in asked if thumbprints(key).isdisjoint(self._of_certificates)), None)

    def key_of(self, name: str, public_key: PublicKey, item: Item | None = None) -> PublicKey | None:
        """Return the key that should be that of a request, by its public half: its own where that is there.

        It is in the file of the request or in one that is named as that is. While a renewal is under way the key of the
        present certificate may be named so: the request is for another then, that no certificate here has.

        Args:
            name: the file of the request.
            public_key: that of the request.
            item: the request, which may stand under a name in its file.
        """
        standing = self._standing_with(name, item)
        if standing:
            return next((key for key in standing if is_same_key(key, public_key)), standing[0])
        files = dict.fromkeys((name, *self._named.alike(name)))
        held = [(file, key) for file in files for key in self._keys.get(file, ())]
        own = next((key for _, key in held if is_same_key(key, public_key)), None)
        if own is not None:
            return own
        certified = not thumbprints(public_key).isdisjoint(self._of_certificates)
        free = [key for file, key in held if certified or not self._is_in_use(file, key)]
        return free[0] if free else self._found(public_key) or self._asked

    def _standing_with(self, name: str, item: Item | None) -> Sequence[PublicKey]:
        """Return the keys that stand with a request in its file by their names; none that a certificate there has."""
        placed = self._placed.get(name)  # with a request that is not among the files nothing stands
        found = filter(None, placed.with_item(item)) if item and placed else ()
        return [key for key in found if self._certified.get(name, frozenset()).isdisjoint(thumbprints(key))]

    def _found(self, public_key: PublicKey) -> PublicKey | None:
        return next((self._every[name] for name in sorted(thumbprints(public_key)) if name in self._every), None)

    @property
    def compared(self) -> frozenset[str]:
        """The files with nothing but private keys that are held to the requests: all of those that were named."""
        held = self._held()
        return frozenset(
            name
            for name, keys in self._keys.items()
            if name not in self._closed
            and _is_of_keys(self._files[name])
            and (not any(held.isdisjoint(thumbprints(key)) for key in keys) or (held and name in self._given))
        )

    def of_none(self) -> tuple[Outcome, ...]:
        """Return a warning for each key that was named beside the requests and is of none of them."""
        held = self._held()
        known = held | self._of_certificates
        strays = (
            (name, key)
            for name in sorted(self.compared & self._given)
            for key in self._keys[name]
            if held and known.isdisjoint(thumbprints(key))
        )
        return tuple(
            outcome(BESIDE, Violated((Evidence(name, key.spki_sha256),), {"file": name, "key": key.label}))
            for name, key in strays
        )

    def _held(self) -> frozenset[str]:
        """Return the names of the keys of all requests, and of those that they are held to."""
        asked = [(name, key) for name, each in self._files.items() for key in _requested(each, name)]
        return names_of(key for _, key in asked) | names_of(self.key_of(name, key) for name, key in asked)

    def not_compared(self, name: str, public_key: PublicKey) -> tuple[Outcome, ...]:
        """Return what to say where the key of a request may be one that stays closed: that it was not compared.

        Args:
            name: the file of the request.
            public_key: that of the request.
        """
        if self._found(public_key) is not None:
            return ()
        files = dict.fromkeys((name, *self._closed_names.alike(name), *self._nameless.get(Path(name).parent, ())))
        told = [f"{file} ({item.form})" for file in files for item in self._closed.get(file, ())]
        seen = tuple(Evidence(each, "") for each in told)
        found = not_compared(seen, {"key": ", ".join(told)}, self._has_passphrase, Severity.NOTICE)
        return (outcome(COMPARED, found),) if told else ()

    def _is_in_use(self, file: str, key: PublicKey) -> bool:
        """Return whether a key is that of a certificate in another file that is named as its own."""
        names = thumbprints(key)
        return any(not names.isdisjoint(self._certified[other]) for other in self._certificates.alike(file))


def _standing(contents: Contents, passphrase: bytes | None) -> Standing[PublicKey | None] | None:
    """Return with which private keys the requests of a file stand; ``None`` where nothing there says that."""
    requests = [item for item in contents.of_kind(ItemKind.REQUEST) if item.among is not None or item.place is not None]
    if not requests:
        return None
    from pkitools.checking.sections import Standing  # few requests stand in a file with something else

    return Standing(public_halves(contents, passphrase).items(), [(item, item.der) for item in requests])


class _Folders:
    """Files by their names; to one whose name says only what is in it (``request.csr``) any of its folder may belong.

    Args:
        names: of the files.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._inside: dict[Path, list[str]] = {}
        for name in names:
            self._inside.setdefault(Path(name).parent, []).append(name)
        self._names = Names(name for inside in self._inside.values() for name in inside)

    def alike(self, name: str) -> list[str]:
        found = self._names.alike(name)
        return self._inside[Path(name).parent] if found and not stem_of(name).text else found


def _certified(contents: Contents) -> frozenset[str]:
    """Return the SHA-256 (hex) of the public key of each certificate in a file that can be read."""
    return names_of(facts.public_key for facts in readable(contents.certificates))


def _requested(contents: Contents, name: str) -> list[PublicKey]:
    """Return the public key of each request in a file that can be read."""
    return [key for key in request_keys(contents, name).values() if key is not None]


def _is_of_keys(contents: Contents) -> bool:
    return bool(contents.items) and not contents.problems and len(contents.of_kind(ItemKind.KEY)) == len(contents.items)


def keys_in_request(contents: Contents) -> tuple[Outcome, ...]:
    """Return a warning for each private key in the file of a request: that file goes to others.

    Args:
        contents: the file.
    """
    return tuple(
        outcome(
            PUBLISHED,
            Violated(
                (Evidence(f"block {each.item.position}", ""),),
                each.params,
                severity=Severity.WARNING,
            ),
        )
        for each in held_keys(contents)
    )
