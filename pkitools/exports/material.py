"""What is exported: one certificate out of a file, the path above it, and its key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pkitools.arguments import aware, octets
from pkitools.checking.selection import Subject, selected, subjects
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind, items_of
from pkitools.containers.jks_keys import opened
from pkitools.errors import InputError, InvalidValueError, PkitoolsError, SecretError
from pkitools.exports.chains import CertificatePath, complete_path
from pkitools.fetching import Fetcher
from pkitools.frozen import dataclass
from pkitools.limits import MAX_LISTED
from pkitools.requests import PrivateKey, load_key
from pkitools.trust import CAStatus
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.keys import is_same_key, names_of, thumbprints
from pkitools.x509.reader import read_if_readable

_MOST_OF_A_NAME = 60


@dataclass(frozen=True, slots=True)
class Material:
    """One certificate with what belongs to it.

    Args:
        path: the certificate and those above it.
        key: its private key; ``None`` when there is none at hand.
    """

    path: CertificatePath
    key: PrivateKey | None = None

    @property
    def certificate(self) -> CertificateFacts:
        """The certificate itself."""
        return self.path.leaf


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A private key out of a file.

    Args:
        key: the key.
        was_encrypted: whether it took a passphrase to read it.
    """

    key: PrivateKey
    was_encrypted: bool


def gather(
    contents: Contents,
    *,
    moment: datetime,
    chain: Given | Iterable[Given] = (),
    key: PrivateKey | None = None,
    alias: str | None = None,
    certificate: int | str | None = None,
    fetcher: Fetcher | None = None,
    any_host: bool = False,
) -> Material:
    """Return the certificate of a file that is meant, with its path and its key.

    Args:
        contents: the file. Of several end entities the one is meant that is chosen, or that the key belongs to.
        moment: which way up is chosen where there are several, is judged then.
        chain: certificates of authorities beside it, in any order.
        key: its private key.
        alias, certificate: which one is meant: the name a keystore gives it; its number, or its thumbprint.
        fetcher, any_host: the means to fetch certificates that are missing, as :func:`complete_path` takes them.

    Raises:
        InputError: no certificate, or the key is not of the one that is meant.
        InvalidValueError: several are meant; the error lists them.
    """
    aware(moment)
    others = several_ders(chain, CERTIFICATE, "chain")
    meant = _meant(contents, key, alias, certificate)
    given = [*(item.der for item in contents.of_kind(ItemKind.CERTIFICATE)), *others]
    if key is not None and not is_same_key(key.public, meant.public_key):
        raise InputError("exports.error.other_key", name=contents.name, subject=_called(meant))
    return Material(complete_path(meant, given, moment=moment, fetcher=fetcher, any_host=any_host), key)


def _meant(
    contents: Contents, key: PrivateKey | None, alias: str | None, certificate: int | str | None
) -> CertificateFacts:
    items = items_of(contents, ItemKind.CERTIFICATE)
    # one that cannot be read is told as left out of the path
    read = [(item, facts) for item in items if (facts := read_if_readable(item.der)) is not None]
    if not read:
        read_certificate(items[0].der)  # which says what is wrong with it
    found = selected(subjects(read), alias, certificate, contents.name)
    distinct = {subject.facts.sha256: subject.facts for subject in found}
    if key is not None and len(distinct) > 1:
        own = [facts for facts in distinct.values() if is_same_key(facts.public_key, key.public)]
        distinct = {facts.sha256: facts for facts in own} or distinct
    if len(distinct) > 1:
        raise InvalidValueError("exports.error.several", name=contents.name, known=_listed(found))
    return next(iter(distinct.values()))


def _listed(found: Sequence[Subject]) -> str:
    told = [f"{one.number} {_called(one.facts)} ({one.facts.sha256[:16]})" for one in found[:MAX_LISTED]]
    return "; ".join((*told, *(["…"] if len(found) > MAX_LISTED else ())))


def _called(facts: CertificateFacts) -> str:
    return facts.subject.called[:_MOST_OF_A_NAME]


def keys_of(contents: Contents, data: bytes, passphrase: bytes | None) -> tuple[FoundKey, ...]:
    """Return the private keys in a file that holds certificates too: a keystore, or PEM with both.

    Args:
        contents: the file, read with the passphrase.
        data: its bytes.
        passphrase: of the file or of its key.

    Raises:
        SecretError: a key is encrypted and the passphrase is missing or wrong.
        InputError: a key cannot be used.
    """
    data = octets(data, "data")
    passphrase = None if passphrase is None else octets(passphrase, "passphrase")
    items = contents.of_kind(ItemKind.KEY)
    if contents.container is ContainerFormat.JKS and items:
        return _keys_of_java(items, contents.name, passphrase)
    if len(items) == 1:
        try:
            found = load_key(data, contents.name, passphrase=passphrase)
            return (FoundKey(found, items[0].encrypted or items[0].protection is not None),)
        except PkitoolsError as error:
            if isinstance(error, SecretError) or items[0].encrypted:
                raise
    return tuple(_key_of(item, contents.name, passphrase) for item in items)


def _keys_of_java(items: Sequence[Item], name: str, passphrase: bytes | None) -> tuple[FoundKey, ...]:
    """Return the keys of a Java keystore that this passphrase opens: each may have one of its own."""
    if passphrase is None:
        raise SecretError("requests.error.passphrase_needed", name=name)
    ders = [der for item in items if (der := opened(item.der, passphrase)) is not None]
    if not ders:
        raise SecretError("exports.error.java_key", name=name)
    return tuple(FoundKey(load_key(der, name), was_encrypted=True) for der in ders)


def _key_of(item: Item, name: str, passphrase: bytes | None) -> FoundKey:
    key = load_key(item.der, name, passphrase=passphrase)
    return FoundKey(key, item.encrypted or item.protection is not None)


def key_of(keys: Sequence[FoundKey], certificates: Iterable[CertificateFacts]) -> FoundKey | None:
    """Return the key that belongs to one of these certificates: the only one of a file, or the one that fits."""
    wanted = names_of(facts.public_key for facts in certificates)
    fitting = [found for found in keys if not thumbprints(found.key.public).isdisjoint(wanted)]
    return fitting[0] if fitting else (keys[0] if keys else None)


def is_valid_at(facts: CertificateFacts, moment: datetime) -> CAStatus:
    """Return what a certificate is at a moment by its dates."""
    from pkitools.trust.authorities import status_by_date

    return status_by_date(facts.not_before, facts.not_after, moment)
