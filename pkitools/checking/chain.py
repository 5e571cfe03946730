"""A chain as presented: which of its certificates is the one it is about, also where it came in several files.

A chain in one file, in separate files and in a folder is the same chain: whoever splits a delivery asks nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pkitools.checking.file_names import Stem, stem_of
from pkitools.checking.private_keys import COMPARED, public_halves
from pkitools.checking.selection import end_entities, possible_issuers
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind
from pkitools.findings import Outcome
from pkitools.frozen import dataclass, field
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.keys import names_of, thumbprints
from pkitools.x509.reader import read_if_readable

_PLAIN: Final = frozenset({ContainerFormat.PEM, ContainerFormat.DER, ContainerFormat.BASE64, ContainerFormat.PKCS7})
_Read = tuple[tuple[Item, CertificateFacts], ...]


def end_entity_first(certificates: Given | Iterable[Given]) -> tuple[bytes, ...]:
    """Return the DER of the certificates with the end entity first; the others keep their order.

    TSPs deliver chains in either order. The end entity is the first that is no CA; among CAs only, the one that issued
    none of the others.
    """
    ders = several_ders(certificates, CERTIFICATE, "certificates")
    if len(ders) < 2:
        return ders
    facts = [read_certificate(der) for der in ders]
    issuers = {f.issuer.der for f in facts if not f.is_self_issued}
    ranked = sorted(range(len(facts)), key=lambda n: (facts[n].is_ca, facts[n].subject.der in issuers))
    first = ranked[0]
    return (ders[first], *(der for n, der in enumerate(ders) if n != first))


@dataclass(frozen=True, slots=True)
class ChainFile:
    """A file with nothing in it but the certificates of authorities above those of other files.

    Args:
        contents: what it holds.
        count: how many certificates that is.
        is_complete: every part of it could be read.
    """

    contents: Contents
    count: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Together:
    """Files as they belong together.

    Args:
        authorities: DER of each certificate that may have issued one of the others, each once.
        chains: by the name they were given under, the files that are used as chain and are not judged.
        held: SHA-256 (hex) of the public key of each private key in any of them.
        keys: by name, of each private key in a file that could be opened the :func:`~pkitools.x509.keys.thumbprints`.
        copies: by name, the files whose certificates stand in a fuller file of the same name (``a.pem``,
            ``a.chain.pem``): they are judged there, once.
    """

    authorities: tuple[bytes, ...]
    chains: Mapping[str, ChainFile]
    held: frozenset[str] = frozenset()
    copies: Mapping[str, ChainFile] = field(default_factory=dict)
    keys: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)


def together(files: Mapping[str, Contents], passphrase: bytes | None = None) -> Together:
    """Return which of several files are chain for the others; of one file by itself, none is.

    A certificate whose private key lies in any of them is somebody's own, and no chain of another.

    Args:
        files: what each file holds, by the name it is known under.
        passphrase: for the keys that are encrypted.
    """
    keys = {name: _opened(contents, passphrase) for name, contents in files.items()}
    held = frozenset(name for opened in keys.values() for names in opened for name in names)
    read = {name: _read(contents) for name, contents in files.items()}
    every = [facts for pairs in read.values() for _, facts in pairs]
    authorities = tuple(dict.fromkeys(facts.der for facts in possible_issuers(every)))
    meant = {facts.sha256 for facts in end_entities(every)}
    chains = {
        name: ChainFile(files[name], len(pairs), not files[name].problems and len(pairs) == _count(files[name]))
        for name, pairs in read.items()
        if pairs
        and not _is_somebodys(files[name], pairs, held)
        and meant.isdisjoint(facts.sha256 for _, facts in pairs)
    }
    # without a file that is judged there is nothing that they are the chain of
    used = chains if len(chains) < len([pairs for pairs in read.values() if pairs]) else {}
    copies = {name: ChainFile(files[name], len(read[name]), True) for name in _copies(files, read) if name not in used}
    return Together(authorities, used, held, copies, keys)


def _copies(files: Mapping[str, Contents], read: Mapping[str, _Read]) -> Iterator[str]:
    """Yield each file with nothing but certificates that stand in a fuller file of its name in its folder too."""
    plain: dict[tuple[Path, Stem], dict[str, frozenset[str]]] = {}
    for name, pairs in read.items():
        if (
            pairs
            and files[name].container in _PLAIN
            and len(pairs) == len(files[name].items) + len(files[name].problems)
        ):
            where = (Path(name).parent, stem_of(name))
            plain.setdefault(where, {})[name] = frozenset(facts.sha256 for _, facts in pairs)
    for alike in plain.values():
        yield from (name for name, held in alike.items() if any(held < other for other in alike.values()))


def _opened(contents: Contents, passphrase: bytes | None) -> tuple[frozenset[str], ...]:
    halves = public_halves(contents, passphrase).values()
    return tuple(thumbprints(half) for half in halves if half is not None)


_COMPARED: Final = (ItemKind.KEY, ItemKind.REQUEST, ItemKind.PUBLIC_KEY)


def check_keys_together(
    files: Mapping[str, Contents],
    passphrase: bytes | None = None,
    chains: Collection[str] = (),
    named: Collection[str] = (),
) -> tuple[Outcome, ...]:
    """Return an outcome for each key and request that lies in a file of its own beside certificates in others.

    Args:
        files: what each file holds, by the name it is known under.
        passphrase: for the keys that are encrypted.
        chains: those of these files that are the chain of the others.
        named: those that were named, and not found in a folder.
    """
    if not any(contents.of_kind(kind) for contents in files.values() for kind in _COMPARED):
        return ()
    from pkitools.checking.beside import check_keys_beside  # few have keys beside them

    held = {
        name: names_of(facts.public_key for _, facts in pairs)
        for name, contents in files.items()
        if (pairs := _read(contents))
    }
    return check_keys_beside(files, held, passphrase, chains, named) if held else ()


def compared_files(files: Mapping[str, Contents], outcomes: Iterable[Outcome]) -> frozenset[str]:
    """Return the files without certificates of which everything was compared with the certificates of the others.

    Args:
        files: what each file holds, by the name it is known under.
        outcomes: what :func:`check_keys_together` returned of them.
    """
    found = {each.rule.code for each in outcomes}
    closed = COMPARED.code in found
    return frozenset(
        name
        for name, contents in files.items()
        if found
        and all(item.kind in _COMPARED and not (closed and item.encrypted) for item in contents.items)
        and not contents.problems
    )


def _count(contents: Contents) -> int:
    return len(contents.of_kind(ItemKind.CERTIFICATE))


def _is_somebodys(contents: Contents, pairs: Sequence[tuple[Item, CertificateFacts]], held: frozenset[str]) -> bool:
    """Return whether a certificate in a file is somebody's own: its key is at hand, or metadata names it."""
    if contents.of_kind(ItemKind.KEY):
        return True
    return any(
        item.has_key
        or item.role
        or item.entity_id
        or item.place is not None
        or not thumbprints(facts.public_key).isdisjoint(held)
        or _is_own(facts)
        for item, facts in pairs
    )


def _is_own(facts: CertificateFacts) -> bool:
    """Return whether a certificate is a holder's, also one that its maker's tool marked as that of an authority."""
    return facts.is_self_issued and holder_of(facts) is not Holder.AUTHORITY


def _read(contents: Contents) -> _Read:
    """Return the certificates of a file that can be read; what cannot be is told where the file is judged."""
    read = ((item, read_if_readable(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE))
    return tuple((item, facts) for item, facts in read if facts is not None)
