"""What ``export`` is given: the file, the chain beside it, the key, and the passphrases of what is read and written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import click

from pkitools.containers import ContainerFormat, Contents, ItemKind
from pkitools.errors import PkitoolsError, SecretError
from pkitools.files import read_bytes
from pkitools.frozen import dataclass, field, replace
from pkitools.reports import ToldError
from pkitools_cli.commands.given.keys import read_key
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import (
    WithUnread,
    about_input,
    each_of,
    files_of,
    pass_over,
    read_certificates,
    read_input,
    told_problems,
)
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.own_data import own_roots
from pkitools_cli.passphrases import asked_new_passphrase, asked_passphrase, can_ask, given_passphrase

if TYPE_CHECKING:
    from pkitools.exports import ExportForm, FoundKey, Material
    from pkitools.requests import PrivateKey


class Given(Protocol):
    """The options that say what is exported."""

    @property
    def file(self) -> str:
        """The file with the certificate."""

    @property
    def key_file(self) -> str | None:
        """The file with its key."""

    @property
    def chain(self) -> tuple[str, ...]:
        """Files with certificates of authorities."""

    @property
    def alias(self) -> str | None:
        """The name that a keystore gives the certificate."""

    @property
    def certificate(self) -> str | None:
        """Its number or thumbprint."""

    @property
    def moment(self) -> datetime:
        """When."""


@dataclass(frozen=True, slots=True)
class Passphrases:
    """The options about passphrases. What they say is looked up when something needs it.

    Args:
        file, variable: of what is written and, where nothing else is said, of what is read.
        key_file, key_variable: of what is read.
        none: a key that was encrypted is written without a passphrase.
    """

    file: str | None
    variable: str | None
    key_file: str | None
    key_variable: str | None
    none: bool = False

    def of_input(self) -> bytes | None:
        """Return the passphrase of the file and the key that are given."""
        if self.key_file is not None or self.key_variable is not None:
            return given_passphrase(self.key_file, self.key_variable)
        return given_passphrase(self.file, self.variable)

    def of_keystore(self) -> bytes:
        """Return the passphrase of the keystore that is made; ask when nothing was said.

        Raises:
            UsageError: there is nobody to ask.
        """
        found = given_passphrase(self.file, self.variable)
        if found is not None:
            return found
        if not can_ask():
            raise click.UsageError(tr("cli.export.say_passphrase"))
        return asked_new_passphrase(tr("cli.export.prompt"), tr("cli.export.again"))


@dataclass(frozen=True, slots=True)
class Read:
    """The file with the certificate.

    Args:
        contents: what it holds.
        material: the certificate that is meant; without a key.
        data: the bytes of the file, for a key in it; empty of standard input.
        unread: what could not be read of the file, and of the chain beside it.
    """

    contents: Contents
    material: Material
    data: bytes = field(repr=False)
    unread: tuple[ToldError, ...] = ()


def read_given(options: Given, secrets: Passphrases, trust: Sequence[str] = ()) -> tuple[Read, PrivateKey | None]:
    """Return the file, and the key when that was given by itself: it says which certificate of several is meant.

    Args:
        options: what is exported.
        secrets: where the passphrases come from.
        trust: files and folders with roots, and with what stands between; of a test PKI its folder.
    """
    from pkitools.exports import gather

    contents = read_input(options.file, secrets.of_input())
    told = told_problems(contents, options.file)
    key = read_key(options.key_file, secrets.of_input()) if options.key_file is not None else None
    above = given_above(options.chain, trust)
    with about_input(options.file):
        material = gather(
            contents,
            moment=options.moment,
            chain=above.value,
            key=key,
            alias=options.alias,
            certificate=options.certificate,
        )
    data = b"" if options.file == STANDARD_INPUT else read_bytes(options.file)
    return Read(contents, material, data, (*told, *above.unread)), key


def given_above(chain: Sequence[str], trust: Sequence[str]) -> WithUnread[list[bytes], ToldError]:
    """Return the certificates of what was given beside a file, and what could not be read of it, for a document.

    Args:
        chain: files and folders with certificates of authorities.
        trust: files and folders with roots, and with what stands between; of a test PKI its folder. Roots of one's own
            count along.
    """
    given = each_of(chain, read_certificates, lambda name, error: ToldError.of(error, file=name))
    trusted = _trusted(trust)
    ders = (*(item.der for items in given.value for item in items), *trusted.value, *own_roots())
    return WithUnread(list(dict.fromkeys(ders)), (*given.unread, *trusted.unread))


def _trusted(trust: Sequence[str]) -> WithUnread[list[bytes], ToldError]:
    """Return the certificates of what is trusted; what could not be read of it is told of."""
    if not trust:
        return WithUnread([])
    from pkitools.trust import TrustStore
    from pkitools_cli.commands.given.judging import authorities_beside

    store = TrustStore.from_files(trust)
    of_store = [pass_over(bad.error.file or ", ".join(trust), bad.position, bad.error) for bad in store.unread]
    between = [name for name, _ in files_of([str(folder) for folder in authorities_beside(trust)])]
    found = [read_certificates(name) for name in between]
    ders = (item.der for each in found for item in each.value)
    unread = (*of_store, *(one for each in found for one in each.unread))
    return WithUnread([*(anchor.der for anchor in store.anchors), *store.intermediates, *ders], unread)


def key_for(
    form: ExportForm, read: Read, key: PrivateKey | None, options: Given, secrets: Passphrases
) -> PrivateKey | None:
    """Return the key that goes into a form; ``None`` of a form without one.

    Raises:
        UsageError: the key was encrypted, the form needs it plain, and nobody said that it may be.
    """
    if not form.takes_key:
        return None
    found, was_encrypted = key, key is not None and _is_encrypted(options.key_file)
    if found is None and read.contents.of_kind(ItemKind.KEY):
        own = _own_key(read, secrets)
        found, was_encrypted = own.key, own.was_encrypted
    if was_encrypted and not form.takes_passphrase and not secrets.none:
        raise click.UsageError(tr("cli.export.say_plain", form=form.program))
    return found


def _own_key(read: Read, secrets: Passphrases) -> FoundKey:
    """Return the key in the file itself, of several the one of the certificate; ask for its passphrase if need be."""
    from pkitools.exports import key_of, keys_of

    passphrase = secrets.of_input()
    try:
        keys = keys_of(read.contents, read.data, passphrase)
    except SecretError:
        if passphrase is not None or not can_ask():
            raise
        keys = keys_of(read.contents, read.data, asked_passphrase(read.contents.name))
    found = key_of(keys, [read.material.certificate])
    assert found is not None  # there is a key in the file
    return found


def _is_encrypted(path: str | None) -> bool:
    """Return whether a file of which the key could be read keeps it encrypted."""
    from pkitools.containers import read_source

    try:
        contents = read_source(read_bytes(path or ""), path or "")
    except SecretError:
        return True
    except PkitoolsError:
        return False
    keystore = contents.container in {ContainerFormat.PKCS12, ContainerFormat.JKS}
    return keystore or any(item.encrypted for item in contents.of_kind(ItemKind.KEY))


def with_key(material: Material, key: PrivateKey | None) -> Material:
    """Return the material with its key."""
    return replace(material, key=key)


def listed(parts: Sequence[str]) -> str:
    """Return what is in a file, in words."""
    return ", ".join(tr(f"cli.export.holds.{part}") for part in parts)
