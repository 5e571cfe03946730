"""What a server takes from a file that its configuration names: of PEM the first certificate, the first private key.

So OpenSSL reads it (``PEM_read_bio``), and by that nginx, Apache and HAProxy; Traefik does as Go, which takes the same:
a block whose lines of armour begin and end at those of the text. What else pkitools reads these programs do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.checking.private_keys import public_half
from pkitools.checking.selection import is_authority
from pkitools.containers import Contents, ItemKind, read_source
from pkitools.errors import PkitoolsError
from pkitools.frozen import replace
from pkitools.portfolio.reading import Unit
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.reader import readable

_BLOCK: Final = pattern(
    rb"(?m)^-----BEGIN (?P<label>[A-Z0-9 ]{1,64}+)-----[ \t]*+\r?\n"
    rb"(?:[^-]|-(?!----))*+(?<=\n)-----END (?P=label)-----[ \t]*+\r?$"
)
_BOM: Final = b"\xef\xbb\xbf"
_CERTIFICATES: Final = frozenset((b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"))
_KEY: Final = b"PRIVATE KEY"
_FOREIGN_KEYS: Final = frozenset((b"OPENSSH PRIVATE KEY",))


def certificates_taken(unit: Unit) -> tuple[CertificateFacts, ...]:
    """Return the certificates that a program takes from a file, in its order: the first is the one that it serves."""
    told = b"\n".join(block for label, block in _blocks(unit.data) if label in _CERTIFICATES)
    contents = _contents(told, unit.name)
    return () if contents is None else tuple(readable(contents.certificates))


def key_taken(unit: Unit, passphrase: bytes | None) -> Contents | None:
    """Return the private key that a program takes from a file; ``None`` where it finds none.

    Args:
        unit: the content of the file.
        passphrase: for a key that is encrypted.
    """
    contents = _contents(_key_block(unit), unit.name, passphrase)
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
        load_key(_key_block(unit), unit.name, passphrase=passphrase)


def _key_block(unit: Unit) -> bytes:
    blocks = _blocks(unit.data)
    return next((block for label, block in blocks if label.endswith(_KEY) and label not in _FOREIGN_KEYS), b"")


def may_be_own(facts: CertificateFacts) -> bool:
    """Return whether a certificate may be that of a server, and not of an authority above it."""
    return not is_authority(facts) or (facts.is_self_issued and holder_of(facts) is not Holder.AUTHORITY)


def _blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for found in _BLOCK.finditer(data.removeprefix(_BOM)):
        yield found["label"], found[0]


def _contents(data: bytes, name: str, passphrase: bytes | None = None) -> Contents | None:
    try:
        return read_source(data, name, passphrase=passphrase)
    except PkitoolsError:
        return None
