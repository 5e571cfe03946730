"""A certificate and the private key that a configuration names beside it: do they fit?"""

from __future__ import annotations

from pkitools.checking.beside import check_keys_beside
from pkitools.checking.private_keys import BESIDE
from pkitools.checking.selection import end_entities
from pkitools.containers import Contents, ItemKind, read_source
from pkitools.errors import PkitoolsError
from pkitools.findings import Evidence, Outcome, Severity, Status
from pkitools.frozen import replace
from pkitools.portfolio.judging import lean
from pkitools.portfolio.model import HeldCertificate, Reading
from pkitools.portfolio.reading import Unit
from pkitools.x509.reader import readable


def said_of_key(
    certificate: Unit, key: Unit, passphrase: bytes | None, *, is_named: bool = True
) -> tuple[Outcome, ...]:
    """Return what there is to say of the key of a certificate that does not fit it; nothing where it does.

    What of either cannot be read is told where it is read.

    Args:
        certificate, key: what their files hold.
        passphrase: for keystores and encrypted keys.
        is_named: the key is named; else the program takes it only where there is none in the file of the certificate.
    """
    whole, keys = (_contents(each, passphrase) for each in (certificate, key))
    if whole is None or keys is None or not (is_named or not whole.of_kind(ItemKind.KEY)):
        return ()
    told = check_keys_beside({key.name: _keys_only(keys)}, {certificate.name: _public_keys(whole)}, passphrase)
    at = (Evidence("file", certificate.name),)  # of what a file says the evidence is its name, as of all the others
    violated = (replace(lean(each), evidence=at) for each in told if each.status is Status.VIOLATED)
    return tuple(map(_surely, violated))


def with_said(reading: Reading, wrong: tuple[Outcome, ...]) -> Reading:
    """Return the judged certificates of a file once more, with what there is to say of the key beside them."""
    meant = (one for one in reading.certificates if one.judgements)
    return Reading(reading.name, tuple(_with(one, wrong) for one in meant), is_again=True)


def _contents(unit: Unit, passphrase: bytes | None) -> Contents | None:
    try:
        return read_source(unit.data, unit.name, passphrase=passphrase)
    except PkitoolsError:
        return None


def _surely(outcome: Outcome) -> Outcome:
    """Return an outcome as heavy as it is where a configuration says that the two go together, whatever their names."""
    if outcome.rule.code != BESIDE.code:
        return outcome
    return replace(outcome, rule=replace(outcome.rule, severity=Severity.ERROR))


def _keys_only(contents: Contents) -> Contents:
    """Return what a program takes from a file that is named as that of a key: its certificates it passes over."""
    return replace(contents, items=contents.of_kind(ItemKind.KEY))


def _public_keys(contents: Contents) -> frozenset[str]:
    """Return the public keys of whose file it is: that of an authority above it is no fit."""
    return frozenset(facts.public_key.spki_sha256 for facts in end_entities(readable(contents.certificates)))


def _with(one: HeldCertificate, wrong: tuple[Outcome, ...]) -> HeldCertificate:
    return replace(one, judgements=tuple(each.with_beside(wrong) for each in one.judgements), places=())
