"""A certificate and the private key that a configuration names beside it: are they that, and do they fit?"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Final, TypeAlias

from pkitools.checking.beside import check_keys_beside
from pkitools.checking.private_keys import AUTHORITY, BESIDE, public_half
from pkitools.checking.served import AuthorityKey, is_same_key, may_be_own, of_authority, out_of_order, own_of
from pkitools.containers import read_source
from pkitools.errors import InputError, PkitoolsError, SecretError
from pkitools.findings import Evidence, Outcome, Severity, Status
from pkitools.frozen import dataclass, replace
from pkitools.portfolio.judging import Judge, lean
from pkitools.portfolio.model import Gap, HeldCertificate, Reading, Unread
from pkitools.portfolio.opening import ToRead, unit_of
from pkitools.portfolio.pointing import OwnKey, Pointer
from pkitools.portfolio.reading import Unit
from pkitools.portfolio.taking import certificates_taken, key_taken, refuse_closed
from pkitools.x509 import CertificateFacts
from pkitools.x509.keys import thumbprints

_BESIDE_PARTS: Final = 0
"""The number that no part of a file has: what is told of a file beside its parts."""
_MOST_KEPT: Final = 64
"""Files of which what a program takes from them is kept: many lines name the same few."""
Beside: TypeAlias = Callable[[Pointer, str], "str | None"]


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a configuration names as a certificate that is served, or as a private key.

    Args:
        path: the file.
        pointer: what names it.
        origin: the file that this stands in.
        is_known: all that says which private key goes with it is known.
    """

    path: str
    pointer: Pointer
    origin: str
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a program takes from a file: the certificates in its order, and whether there is a private key."""

    chain: tuple[CertificateFacts, ...]
    has_key: bool


def said_of_key(
    certificate: Unit, key: Unit, passphrase: bytes | None, *, is_named: bool = True
) -> tuple[Outcome, ...]:
    """Return what there is to say of the key of a certificate that does not fit it; nothing where it does.

    The first certificate of its file is held to the first key, as a program does. What of either cannot be read is
    told where it is read, and what is none of these by :func:`not_as_named`.

    Args:
        certificate, key: what their files hold; they may be one.
        passphrase: for keystores and encrypted keys.
        is_named: the key is named; else the program takes it only where there is none in the file of the certificate.

    Raises:
        InputError, SecretError, LimitError: the key is not looked into, as of :func:`refuse_closed`.
    """
    chain, keys = certificates_taken(certificate), key_taken(key, passphrase)
    if not chain or keys is None or not (is_named or key_taken(certificate, passphrase) is None):
        return ()
    public = public_half(keys.items[0], passphrase)
    if public is None:
        refuse_closed(key, passphrase)
    own = frozenset[str]() if public is None else thumbprints(public)
    fitting = own_of(own, chain)
    if fitting is None and certificate.name == key.name:
        return ()  # a key that fits nothing in its own file is told where that is read
    if fitting is not None:
        wrong: tuple[Outcome, ...] = () if is_same_key(chain[0], fitting) else (out_of_order(chain, fitting),)
    else:
        held = {certificate.name: thumbprints(chain[0].public_key)}
        told = check_keys_beside({key.name: keys}, held, passphrase)
        above = of_authority(own, chain)
        wrong = tuple(_surely(lean(each), above) for each in told if each.status is Status.VIOLATED)
    at = (Evidence("file", certificate.name),)  # of what a file says the evidence is its name, as of all the others
    return tuple(replace(each, evidence=at) for each in wrong)


def not_opened(name: str, error: PkitoolsError, origins: Iterable[str]) -> Reading:
    """Return the gap that a private key leaves that a program takes and is not looked into: nobody says that it fits.

    Args:
        name: its file.
        error: why.
        origins: the lines that name it, or the certificate it is loaded with, each as ``FILE:LINE``.
    """
    gap = Gap.ENCRYPTED if isinstance(error, SecretError) else Gap.UNREADABLE
    unread = Unread(name, gap, error.code, error.params, _BESIDE_PARTS, tuple(dict.fromkeys(origins)))
    return Reading(name, unread=(unread,), is_again=True)


def with_said(reading: Reading, wrong: tuple[Outcome, ...]) -> Reading:
    """Return the judged certificates of a file once more, with what there is to say of the key beside them."""
    meant = (one for one in reading.certificates if one.judgements)
    return Reading(reading.name, tuple(_with(one, wrong) for one in meant), is_again=True)


def not_as_named(
    named: Iterable[Named], paired: Mapping[str, Collection[str]], beside: Beside, judge: Judge
) -> Iterator[Reading]:
    """Yield a gap for each file that is not what a configuration names it as, in a form that a program reads.

    Args:
        named: the files.
        paired: those with a certificate of which a key is known to be named, with the files of that which are there.
        beside: gives the file of the key that a program loads with a certificate by itself.
        judge: has the passphrase.
    """
    looks = _Looks(judge.asked.passphrase)
    for each in named:
        code = _fault(each, paired, beside, looks)
        if code is not None:
            line = each.pointer.line
            params = {"name": each.origin, "line": line, "target": each.path}
            origin = (f"{each.origin}:{line}",)
            unread = Unread(each.path, Gap.UNREADABLE, f"portfolio.error.{code}", params, _BESIDE_PARTS, origin)
            yield Reading(each.path, unread=(unread,), is_again=True)


class _Looks:
    """What programs take from files, each looked at once while it is among the last: many lines name the same few.

    Args:
        passphrase: for keys that are encrypted.
    """

    def __init__(self, passphrase: bytes | None) -> None:
        self.passphrase = passphrase
        self.taken = lru_cache(maxsize=_MOST_KEPT)(partial(_taken, passphrase=passphrase))
        self.holds_key = lru_cache(maxsize=_MOST_KEPT)(partial(_holds_key, passphrase=passphrase))


def _fault(named: Named, paired: Mapping[str, Collection[str]], beside: Beside, looks: _Looks) -> str | None:
    own = looks.taken(named.path)
    if own is None:
        return None
    if named.pointer.is_key:
        return None if own.has_key else "names_no_key"
    if not own.chain:  # a folder that is named may hold more than certificates
        is_one_of_many = os.path.basename(named.pointer.text) != os.path.basename(named.path)  # noqa: PTH119  of each
        return None if is_one_of_many else "names_no_certificate"
    keys = paired.get(named.path, ()) or (named.path,)
    if not any(map(may_be_own, own.chain)) and not any(_is_of(key, own.chain[0], looks.passphrase) for key in keys):
        return "names_authority"
    # what HAProxy has in a store with its key it loads by the same name elsewhere
    is_paired = named.path in paired and (named.pointer.unnamed is not None or not named.is_known)
    own_key = OwnKey.NAMED if is_paired else named.pointer.own_key
    loaded = beside(named.pointer, named.path)
    is_found = own.has_key or (loaded is not None and looks.holds_key(loaded))
    lacks = own_key is OwnKey.NONE or (own_key is OwnKey.LOADED and not is_found)
    return "names_without_key" if lacks else None


def _taken(name: str, passphrase: bytes | None) -> _Taken | None:
    """Return what a program takes from a file; ``None`` where it cannot be had or read, which is told elsewhere."""
    unit = unit_of(ToRead(name, in_folder=True))
    if isinstance(unit, Reading) or not _is_ours(unit, passphrase):
        return None
    return _Taken(certificates_taken(unit), key_taken(unit, passphrase) is not None)


def _is_of(name: str, facts: CertificateFacts, passphrase: bytes | None) -> bool:
    """Return whether the private key in a file is that of a certificate."""
    unit = unit_of(ToRead(name, in_folder=True))
    keys = None if isinstance(unit, Reading) else key_taken(unit, passphrase)
    public = None if keys is None else public_half(keys.items[0], passphrase)
    return public is not None and not thumbprints(public).isdisjoint(thumbprints(facts.public_key))


def _holds_key(name: str, passphrase: bytes | None) -> bool:
    """Return whether there is a private key in a file; what cannot be read is told where it is read."""
    unit = unit_of(ToRead(name, in_folder=True))
    return isinstance(unit, Reading) or key_taken(unit, passphrase) is not None


def _is_ours(unit: Unit, passphrase: bytes | None) -> bool:
    try:
        read_source(unit.data, unit.name, passphrase=passphrase)
    except InputError:
        return False
    except PkitoolsError:
        return True  # it is there, and locked
    return True


def _surely(outcome: Outcome, above: AuthorityKey | None) -> Outcome:
    """Return an outcome as heavy as it is where a configuration says that the two go together, whatever their names.

    Args:
        outcome: that they do not.
        above: the authority that the key is of, where it is of one in that chain.
    """
    if outcome.rule.code != BESIDE.code:
        return outcome
    if above is not None:
        return replace(outcome, rule=AUTHORITY, params={**outcome.params, **above.params})
    return replace(outcome, rule=replace(outcome.rule, severity=Severity.ERROR))


def _with(one: HeldCertificate, wrong: tuple[Outcome, ...]) -> HeldCertificate:
    return replace(one, judgements=tuple(each.with_beside(wrong) for each in one.judgements), places=())
