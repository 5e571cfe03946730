"""What a server takes from a file that its configuration names: of PEM the first certificate, the first private key."""

from __future__ import annotations

from pkitools.checking.private_keys import public_half
from pkitools.containers import Contents, ItemKind, read_source
from pkitools.containers.taken import certificate_blocks, key_block
from pkitools.errors import PkitoolsError
from pkitools.frozen import replace
from pkitools.portfolio.reading import Unit
from pkitools.x509 import CertificateFacts
from pkitools.x509.reader import readable


def certificates_taken(unit: Unit) -> tuple[CertificateFacts, ...]:
    """Return the certificates that a program takes from a file, in its order: the first is the one that it serves."""
    contents = _contents(certificate_blocks(unit.data), unit.name)
    return () if contents is None else tuple(readable(contents.certificates))


def key_taken(unit: Unit, passphrase: bytes | None) -> Contents | None:
    """Return the private key that a program takes from a file; ``None`` where it finds none.

    Args:
        unit: the content of the file.
        passphrase: for a key that is encrypted.
    """
    contents = _contents(key_block(unit.data), unit.name, passphrase)
    keys = () if contents is None else contents.of_kind(ItemKind.KEY)
    return replace(contents, items=keys) if contents is not None and keys else None


def refuse_closed(unit: Unit, passphrase: bytes | None) -> None:
    """Refuse the private key that a program takes from a file where it is not looked into: what it fits nobody knows.

    Args:
        unit: the content of the file.
        passphrase: for a key that is encrypted.

    Raises:
        InputError, SecretError, LimitError: as of :func:`pkitools.requests.load_key`, in the same words.
    """
    from pkitools.requests.keys import load_key  # few scans meet one

    keys = key_taken(unit, passphrase)
    if keys is not None and public_half(keys.items[0], passphrase) is None:
        load_key(key_block(unit.data), unit.name, passphrase=passphrase)


def _contents(data: bytes, name: str, passphrase: bytes | None = None) -> Contents | None:
    try:
        return read_source(data, name, passphrase=passphrase)
    except PkitoolsError:
        return None
