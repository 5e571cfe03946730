"""What is trusted of a hierarchy, for other programs: the root and nothing else, unless more is asked for.

In the trust store of Java every certificate is a trust anchor, also one that is no root: what is in a bundle decides
who is trusted, so a bundle is of one hierarchy.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from pkitools.arguments import aware, choice, octets
from pkitools.environment import Environment
from pkitools.errors import InputError, SecretError
from pkitools.exports.keystores import ROUNDS, refuse_for_java, trust_store
from pkitools.files import Output
from pkitools.frozen import dataclass
from pkitools.requests.keys import to_pem
from pkitools.systems import Stance, System, systems
from pkitools.text import for_people
from pkitools.trust import CACertificate, CAStatus, Hierarchy, HierarchyKind, embedded_certificates, get_hierarchy
from pkitools.x509 import read_certificate
from pkitools.x509.der import SEQUENCE, SET, DERError, Node, children, encoded, root, string
from pkitools.x509.der_writing import value
from pkitools.x509.given import Given

_UTF8_STRING: Final = 0x0C


class BundleFormat(StrEnum):
    """How a bundle is written."""

    PEM = "pem"
    PKCS12 = "pkcs12"
    JKS = "jks"
    """The same: Java opens PKCS#12 under that name."""
    FOLDER = "folder"
    """A file for each certificate, named as OpenSSL, GnuTLS and curl look for them."""


@dataclass(frozen=True, slots=True)
class AcceptedBy:
    """A system that takes certificates of a hierarchy, and where."""

    system: System
    environment: Environment


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """What is to be written.

    Args:
        hierarchy: of which it is.
        certificates: what is in it, the root first.
        left_out: certificates of the hierarchy that are expired or revoked.
        outputs: the files for :func:`pkitools.files.write_set`.
        accepted_by: the systems that take certificates of the hierarchy.
    """

    hierarchy: Hierarchy
    certificates: tuple[CACertificate, ...]
    left_out: tuple[CACertificate, ...]
    outputs: tuple[Output, ...]
    accepted_by: tuple[AcceptedBy, ...]


def trust_bundle(
    hierarchy: Hierarchy | str,
    kind: BundleFormat | str,
    target: str | os.PathLike[str],
    *,
    moment: datetime,
    passphrase: bytes | None = None,
    intermediates: bool = False,
    legacy: bool = False,
    rounds: int = ROUNDS,
) -> TrustBundle:
    """Return a bundle of what is trusted of a hierarchy. Nothing is written.

    Args:
        hierarchy: which, or its name.
        kind: how it is written.
        target: the file; the folder, which has to be there when the outputs are written.
        moment: what is not valid then is left out.
        passphrase: of a keystore.
        intermediates: whether the domain and TSP CAs are in it too, each of which is then trusted by itself in Java.
        legacy: a keystore in the form of before 2019.
        rounds: of the key derivation of a keystore.

    Raises:
        InvalidValueError: there is no such hierarchy or format.
        InputError: its root is not at hand, or not valid.
        SecretError: a keystore has no passphrase, or one that Java does not take.
    """
    aware(moment)
    passphrase = None if passphrase is None else octets(passphrase, "passphrase")
    wanted = hierarchy if isinstance(hierarchy, Hierarchy) else get_hierarchy(hierarchy)
    form = choice(BundleFormat, kind, "kind")
    held = [
        one for one in embedded_certificates() if one.hierarchy == wanted and (intermediates or one.level == "root")
    ]
    valid = tuple(one for one in held if one.status(moment) is CAStatus.VALID)
    _refuse_rootless(wanted, held, valid)
    _refuse_passphrase(form, passphrase)
    place = os.fspath(target)
    if form is BundleFormat.FOLDER:
        outputs = tuple(Output(Path(place) / name, data, secret=False) for name, data in _hashed(valid))
    elif form is BundleFormat.PEM:
        outputs = (Output(place, b"".join(to_pem("CERTIFICATE", one.der) for one in valid), secret=False),)
    else:
        entries = {one.common_name.casefold(): one.der for one in valid}
        outputs = (Output(place, trust_store(entries, passphrase or b"", legacy=legacy, rounds=rounds), secret=False),)
    left_out = tuple(one for one in held if one not in valid)
    return TrustBundle(wanted, valid, left_out, outputs, tuple(accepted_by(wanted, moment)))


def _refuse_passphrase(form: BundleFormat, passphrase: bytes | None) -> None:
    if form in {BundleFormat.PKCS12, BundleFormat.JKS} and not passphrase:
        raise SecretError("exports.error.passphrase_needed", form=str(form))
    if form is BundleFormat.JKS:
        refuse_for_java(passphrase or b"")


def _refuse_rootless(hierarchy: Hierarchy, held: Sequence[CACertificate], valid: Sequence[CACertificate]) -> None:
    if not any(one.level == "root" for one in held):
        raise InputError("exports.error.root_not_held", name=hierarchy.label)
    if hierarchy.not_after is not None and not any(one.level == "root" for one in valid):
        raise InputError("exports.error.root_not_valid", name=hierarchy.label, until=for_people(hierarchy.not_after))


def accepted_by(hierarchy: Hierarchy, moment: datetime) -> Iterator[AcceptedBy]:
    """Yield the systems that say that they take certificates of a hierarchy, and the environment they say it of."""
    aware(moment)
    group = "pkioverheid" if hierarchy.kind is HierarchyKind.PRODUCTION else str(hierarchy.kind)
    for system in systems():
        for environment in Environment:
            said = system.about_hierarchy(hierarchy.name, group, environment, moment)
            if said is not None and said.answer is Stance.YES:
                yield AcceptedBy(system, environment)


def _hashed(certificates: Sequence[CACertificate]) -> Iterator[tuple[str, bytes]]:
    seen: Counter[str] = Counter()
    for one in certificates:
        name = subject_hash(one.der)
        yield f"{name}.{seen[name]}", to_pem("CERTIFICATE", one.der)
        seen[name] += 1


def subject_hash(certificate: Given) -> str:
    """Return the hash, 8 hex digits, by which OpenSSL looks for a certificate in a folder: of its canonical subject.

    Raises:
        InputError: it is no certificate.
        DERError: its name cannot be read.
    """
    digest = hashlib.sha1(_canonical(read_certificate(certificate).subject.der), usedforsecurity=False).digest()
    return digest[3::-1].hex()


def _canonical(name: bytes) -> bytes:
    """Return a name as OpenSSL compares it: UTF-8, small letters, single spaces, and no SEQUENCE around it."""
    return b"".join(_canonical_rdn(name, rdn) for rdn in children(name, root(name, SEQUENCE)))


def _canonical_rdn(name: bytes, rdn: Node) -> bytes:
    return value(SET, *sorted(_canonical_pair(name, *children(name, pair)) for pair in children(name, rdn)))


def _canonical_pair(name: bytes, kind: Node, held: Node) -> bytes:
    text, _, readable = string(name, held)
    if not readable:
        raise DERError("is_none", held[1], kind="DirectoryString")
    folded = re.sub("[ \t\n\v\f\r]+", " ", text).strip(" ")
    small = "".join(char.lower() if char.isascii() else char for char in folded)
    return value(SEQUENCE, encoded(name, kind), value(_UTF8_STRING, small.encode()))
