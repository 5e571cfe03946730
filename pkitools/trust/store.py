"""Trust anchors: the embedded CA certificates, and a store that holds only what one check may trust.

Nobody trusts "all roots": a store is made for named hierarchies, or from files a user points at. An anchor that has
expired is none at that moment.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pkitools.arguments import aware, several
from pkitools.errors import InputError, about_file
from pkitools.files import is_folder, is_for_reading
from pkitools.frozen import dataclass, replace
from pkitools.package_data import read_text, read_toml
from pkitools.trust.authorities import CAStatus, CatalogueEntry, Knowledge, catalogue, identify, status_by_date
from pkitools.trust.hierarchy import Hierarchy, get_hierarchy, hierarchies, hierarchy_of_root

if TYPE_CHECKING:
    from pkitools.containers import BadItem, Contents
    from pkitools.x509.given import Given
    from pkitools.x509.model import CertificateFacts

# a folder of certificates also holds keys, CRLs and notes: only these are read from one
_CERTIFICATE_SUFFIXES: Final = frozenset({".pem", ".crt", ".cer", ".der", ".p7b", ".p7c"})


@dataclass(frozen=True, slots=True)
class CACertificate:
    """One CA certificate at hand.

    Args:
        der: the certificate.
        sha256: its fingerprint, hex lower case.
        common_name: of its subject.
        hierarchy: the hierarchy it belongs to; ``None`` for a root nobody lists.
        level: ``root``, ``domain`` or ``tsp``.
        source: where it comes from: a publisher, or the file the user named.
        second_source: who else publishes the same fingerprint; ``None`` where nobody does.
    """

    der: bytes
    sha256: str
    common_name: str
    hierarchy: Hierarchy | None
    level: str
    not_before: datetime
    not_after: datetime
    source: str
    second_source: str | None = None

    @property
    def entry(self) -> CatalogueEntry | None:
        """What the catalogue says of this certificate."""
        return catalogue().by_sha256.get(self.sha256)

    @property
    def basis(self) -> Knowledge | None:
        """How well its provenance is founded; ``None`` for a certificate the user gave."""
        return self.entry.basis if self.entry else None

    def status(self, moment: datetime) -> CAStatus:
        """Return what it is at ``moment``: by the catalogue where it is listed, else by its dates."""
        return self.entry.status(moment) if self.entry else status_by_date(self.not_before, self.not_after, moment)


@dataclass(frozen=True, slots=True)
class TrustAnchor(CACertificate):
    """A CA certificate one check trusts: made only by :func:`anchors` and by :class:`TrustStore`."""


@dataclass(frozen=True, slots=True)
class TrustStore:
    """What one check trusts.

    Args:
        anchors: the roots, whatever the moment; :meth:`at` leaves out those that are not valid.
        intermediates: DER of CA certificates that came with the anchors; of use for a path, not trusted.
        missing: hierarchies asked for whose root is not at hand, so nothing can be verified against them.
        unread: parts of the files it was made of that could not be read; the error of each says of which file.
    """

    anchors: tuple[TrustAnchor, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    missing: tuple[Hierarchy, ...] = ()
    unread: tuple[BadItem, ...] = ()

    def __repr__(self) -> str:
        return f"<TrustStore {len(self.anchors)} anchors, {len(self.intermediates)} intermediates>"

    def at(self, moment: datetime) -> tuple[TrustAnchor, ...]:
        """Return the anchors that are valid at ``moment``."""
        aware(moment)
        return tuple(a for a in self.anchors if a.status(moment) is CAStatus.VALID)

    def find(self, sha256: str) -> TrustAnchor | None:
        """Return the anchor with this fingerprint (hex)."""
        return next((a for a in self.anchors if a.sha256 == sha256.lower()), None)

    def __add__(self, other: TrustStore) -> TrustStore:
        """Return a store with the anchors of both, each once."""
        return TrustStore(
            tuple({a.sha256: a for a in (*self.anchors, *other.anchors)}.values()),
            tuple(dict.fromkeys((*self.intermediates, *other.intermediates))),
            tuple({h.name: h for h in (*self.missing, *other.missing)}.values()),
            tuple(dict.fromkeys((*self.unread, *other.unread))),
        )

    @classmethod
    def from_der(cls, certificates: Given | Iterable[Given], name: str = "") -> TrustStore:
        """Return a store that trusts the self-signed CA certificates given; other CA certificates become intermediates.

        Args:
            certificates: roots and possibly intermediates, as DER or PEM, one or several.
            name: where they come from, for messages and for :attr:`CACertificate.source`.

        Raises:
            InputError: one cannot be read, is not a CA, or none is self-signed.
        """
        from pkitools.x509.given import CERTIFICATE, several_ders

        store = _apart(several_ders(certificates, CERTIFICATE, "certificates"), name)
        if not store.anchors:
            raise InputError("trust.error.no_root", name=name, count=len(store.intermediates))
        return store

    @classmethod
    def from_files(cls, paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> TrustStore:
        """Return a store that trusts the roots in these files and folders (PEM, DER, PKCS#7).

        A file or folder with intermediates only goes along with one that has a root.

        Raises:
            FileError, InputError: a file cannot be read, or holds no certificate; or there is no root in any of them.
        """
        store, rootless = cls(), []
        for given in several(paths, (str, os.PathLike), "paths"):
            # a folder may hold roots and intermediates in separate files: judge it as one
            with about_file(str(given)):
                read = [_read(file) for file in _files_in(Path(given))]
                ders = [der for contents in read for der in contents.certificates]
                if not ders:
                    raise InputError("trust.error.no_certificate", name=str(given))
                found = _apart(ders, str(given))
                store += replace(found, unread=_unread(read))
                rootless += [] if found.anchors else [(str(given), len(found.intermediates))]
        if rootless and not store.anchors:
            with about_file(rootless[0][0]):
                raise InputError("trust.error.no_root", name=rootless[0][0], count=rootless[0][1])
        return store


def _apart(ders: Iterable[bytes], name: str) -> TrustStore:
    """Return a store of CA certificates: those that are self-signed as anchors, the others as intermediates.

    Raises:
        InputError: one cannot be read, or is not a CA.
    """
    from pkitools.x509 import read_certificate

    found: dict[str, TrustAnchor] = {}
    others: list[bytes] = []
    for der in ders:
        facts = read_certificate(der)
        if not facts.is_ca and facts.version < 3:  # it has no extensions, where that would stand
            subject = _shown_name(facts)
            raise InputError("trust.error.old_version", name=name, subject=subject, version=facts.version)
        if not facts.is_ca:
            raise InputError("trust.error.not_a_ca", name=name, subject=_shown_name(facts))
        if is_self_signed(facts):
            found[facts.sha256] = _anchor_from(facts, name)
        else:
            others.append(der)
    return TrustStore(tuple(found.values()), tuple(dict.fromkeys(others)))


def _read(file: Path) -> Contents:
    from pkitools.containers import read_source
    from pkitools.files import read_bytes

    with about_file(str(file)):
        return read_source(read_bytes(file), str(file))


def _unread(read: Iterable[Contents]) -> tuple[BadItem, ...]:
    from pkitools.containers import unread_of

    return tuple(bad for contents in read for bad in unread_of(contents))


def is_self_signed(facts: CertificateFacts) -> bool:
    """Return whether the certificate is signed by its own key: names are not enough, the signature is checked."""
    if not facts.is_self_issued:
        return False
    from pkitools.x509.der import DERError
    from pkitools.x509.reader import signed_parts
    from pkitools.x509.signatures import signed_with

    try:
        parts = signed_parts(facts.der)
    except DERError:
        return False
    return signed_with(facts.public_key.spki, parts.algorithm, parts.signed, parts.signature) is True


def anchors(names: Iterable[str | Hierarchy]) -> TrustStore:
    """Return a store that trusts the roots of these hierarchies and nothing else.

    A hierarchy whose root is not embedded is listed in :attr:`TrustStore.missing`.

    Raises:
        InvalidValueError: a name is unknown.
    """
    wanted = [name if isinstance(name, Hierarchy) else get_hierarchy(name) for name in names]
    held = _embedded_anchors()
    return TrustStore(
        tuple(held[h.root_sha256] for h in wanted if h.root_sha256 in held),
        missing=tuple(h for h in wanted if h.root_sha256 not in held),
    )


@cache
def _embedded_anchors() -> dict[str, TrustAnchor]:
    return {c.sha256: c for c in embedded_certificates() if isinstance(c, TrustAnchor)}


@lru_cache(maxsize=64)
def embedded_intermediates(*names: str) -> tuple[bytes, ...]:
    """Return DER of the embedded domain and TSP CA certificates, of these hierarchies or of all."""
    return tuple(
        c.der
        for c in embedded_certificates()
        if c.level != "root" and (not names or (c.hierarchy and c.hierarchy.name in names))
    )


@cache
def embedded_certificates() -> tuple[CACertificate, ...]:
    """Return the embedded CA certificates, by hierarchy, roots first. Their hashes are held to the table by a test."""
    package, folder = str(__package__), "data/anchors"
    table = read_toml(package, f"{folder}/anchors.toml")["certificate"]
    order = {h.name: n for n, h in enumerate(hierarchies())}
    level = {"root": 0, "domain": 1, "tsp": 2}
    held = [_embedded(row, read_text(package, f"{folder}/{row['file']}")) for row in table]
    return tuple(
        sorted(held, key=lambda c: (order[c.hierarchy.name] if c.hierarchy else 99, level[c.level], c.common_name))
    )


def _embedded(row: dict[str, Any], pem: str) -> CACertificate:
    entry = identify(sha256=row["sha256"])
    second = str(row["second_source"])
    kind = TrustAnchor if row["level"] == "root" else CACertificate
    return kind(
        der=base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-----"))),
        sha256=row["sha256"],
        common_name=row["common_name"],
        hierarchy=get_hierarchy(entry.hierarchy) if entry and entry.hierarchy else None,
        level=row["level"],
        not_before=row["not_before"],
        not_after=row["not_after"],
        source=row["source"],
        second_source=None if second.startswith("none found") else second,
    )


def _anchor_from(facts: CertificateFacts, source: str) -> TrustAnchor:
    embedded = next((c for c in embedded_certificates() if c.sha256 == facts.sha256), None)
    if isinstance(embedded, TrustAnchor):
        return replace(embedded, source=source or embedded.source)
    return TrustAnchor(
        der=facts.der,
        sha256=facts.sha256,
        common_name=_shown_name(facts),
        hierarchy=hierarchy_of_root(facts.sha256),
        level="root",
        not_before=facts.not_before,
        not_after=facts.not_after,
        source=source,
    )


def _shown_name(facts: CertificateFacts) -> str:
    return facts.subject.common_name or facts.subject.text


def _files_in(path: Path) -> list[Path]:
    if not is_folder(path):
        return [path]
    try:
        return sorted(p for p in path.iterdir() if p.suffix.lower() in _CERTIFICATE_SUFFIXES and is_for_reading(p))
    except OSError:
        return [path]  # reading it says what is wrong
