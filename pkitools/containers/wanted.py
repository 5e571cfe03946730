"""Ask a source for one kind of item, and say in one sentence what is there instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from pkitools.arguments import octets
from pkitools.containers.encodings import as_ascii, as_utf8
from pkitools.containers.model import BadItem, Contents, Item, ItemKind
from pkitools.containers.other_kinds import foreign_label, kind_code
from pkitools.errors import InputError, PkitoolsError
from pkitools.text import pattern
from pkitools.x509.pem import Gap, holds_more, holds_written, looks_like_more, parts

# the most telling thing first: whoever hands over a key should hear that before anything else
_TOLD: Final = (
    ItemKind.KEY,
    ItemKind.REQUEST,
    ItemKind.CERTIFICATE,
    ItemKind.CRL,
    ItemKind.PUBLIC_KEY,
    ItemKind.OCSP_RESPONSE,
    ItemKind.SAML_MESSAGE,
)


def items_of(source: Contents, kind: ItemKind | str) -> tuple[Item, ...]:
    """Return the items of this kind, at least one.

    Raises:
        InputError: there is none: ``sources.error.only_<kind found>``, or what is wrong with the first part that could
            not be read: it may have been one.
        InvalidValueError: there is no such kind.
    """
    found = source.of_kind(kind)
    if found:
        return found
    if source.problems:
        raise source.problems[0].error
    instead = next(other for other in _TOLD if source.of_kind(other))
    raise InputError(f"sources.error.only_{instead.value}", name=source.name)


def unread_of(source: Contents) -> tuple[BadItem, ...]:
    """Return what could not be used of a source, each error with the name of the source as its file."""
    for bad in source.problems:
        bad.error.file = bad.error.file or source.name
    return source.problems


def unread_file(name: str, error: PkitoolsError) -> BadItem:
    """Return a file that could not be read at all, as what could not be used of it: its first part."""
    error.file = error.file or name
    return BadItem(1, error)


_GZIP: Final = b"\x1f\x8b"
_DER: Final = pattern(rb"(?s)\x30(?:\x82..|\x83...)\x30[\x80-\x83]")
# as long as a line of PEM, and both capitals and small letters: a digest in hexadecimal is none
_LONG_BASE64: Final = pattern(
    rb"(?<![A-Za-z0-9+/])(?=[A-Z0-9+/]{0,200}[a-z])(?=[a-z0-9+/]{0,200}[A-Z])[A-Za-z0-9+/]{60}"
)
_FOLDER_VIEW: Final = b"\x00\x00\x00\x01Bud1"  # what macOS puts in every folder it shows


def may_hold_more(data: bytes) -> bool:
    """Return whether what could not be read may hold a certificate, a request or a list all the same.

    Damaged armour, DER, long base64 and something compressed are that, whatever they stand among. A note is not, nor is
    a program or a font: a zero in what is no text says nothing.

    Raises:
        InvalidValueError: ``data`` is no bytes.
    """
    data = octets(data, "data")
    if data.startswith(_GZIP):
        return True
    if data.startswith(_FOLDER_VIEW):
        return False
    return _stands_in(data)


def _stands_in(data: bytes) -> bool:
    text = as_ascii(data)
    if _DER.search(text) is not None:
        return True
    if b"\x00" not in text:
        return holds_more(text) or _LONG_BASE64.search(text) is not None
    close = text.replace(b"\x00", b"")  # as text of two or four octets a character is
    # programs have the alphabet of base64 in them, and other long words
    return holds_more(close) or (as_utf8(data) is not None and _LONG_BASE64.search(close) is not None)


_COMPRESSED: Final = (".gz", ".bz2", ".xz", ".zst", ".z", ".lz4", ".lz")
# what lies in a folder beside certificates: it can be passed over, and nothing of what was asked is missing
_NO_CERTIFICATE: Final = frozenset(
    {
        "files.error.empty",
        *(f"sources.error.only_{kind.value}" for kind in ItemKind if kind is not ItemKind.CERTIFICATE),
        *(
            f"sources.error.{slug}"
            for slug in ("nothing", "unrecognised", "office", "pdf", "ssh", "pgp", "html", "xml")
        ),
    }
)
_OTHER_KEYS: Final = ("age", "putty", "ssh_private_key", "ssh_certificate", "key_parameters", "openvpn")
# a form of its own that never holds one: of databases but those of NSS (Firefox, certutil)
_NEVER: Final = frozenset(map(kind_code, ("image", "sqlite", *_OTHER_KEYS)))
_PICTURE: Final = kind_code("image")
_PDF: Final = "sources.error.pdf"
_DATABASE: Final = kind_code("sqlite")
_OF_NSS: Final = b"nssPublic"  # the table with certificates, in the schema on the first page
_FIRST_PAGE: Final = 64 * 1024
_BLOCK: Final = "sources.error.unknown_block"
_PACKED: Final = "sources.error.zip"
_ONLY: Final = "sources.error.only_"
_ONLY_CERTIFICATES: Final = "sources.error.only_certificate"
_OTHER_KIND: Final = "sources.error.other_kind"
_OWN_DOCUMENT: Final = pattern(rb"\s{0,100}\{\s{0,100}\"schema\":\s{0,100}\"pkitools\.")
# of these nothing says that no damaged certificate is in them, so they are looked through
_PERHAPS: Final = frozenset(f"sources.error.{slug}" for slug in ("nothing", "unrecognised", "html", "xml"))


_CALLED: Final = {
    ItemKind.CERTIFICATE: (".pem", ".cer", ".crt", ".der", ".p12", ".pfx", ".jks", ".p7b", ".p7c"),
    ItemKind.REQUEST: (".csr",),
    ItemKind.KEY: (".key",),
    ItemKind.CRL: (".crl",),
}
"""How files with these are called; one that is called so and holds nothing of ours is not what it says."""

_DELIVERED: Final = (
    ".zip",
    ".7z",
    ".rar",
    ".tar",
    ".tgz",
    ".tbz2",
    ".txz",
    *(f".tar{ending}" for ending in _COMPRESSED),
)
"""How a folder is called that somebody packed to send it, as a TSP does with what it issued."""

_OF_MACOS: Final = "._"  # what it puts beside each file on a disk that is not its own
# keys of other programs are called so by right
_KEYS_OF_OTHERS: Final = frozenset(
    {
        *("sources.error.ssh", "sources.error.pgp"),
        *map(kind_code, ("pgp", "ssh", *_OTHER_KEYS)),
    }
)


def is_not_what_it_says(name: str, error: PkitoolsError, kind: ItemKind | None = None) -> bool:
    """Return whether a file has the name of one with what is wanted, and holds nothing that is called so.

    Args:
        name: of the file.
        error: why it could not be used.
        kind: what is wanted; ``None``: anything of ours.
    """
    if error.code.startswith(_ONLY) or not _KEYS_OF_OTHERS.isdisjoint({error.code, error.params.get("problem")}):
        return False
    bare = PurePath(name).name.lower()
    bare = next((bare.removesuffix(ending) for ending in _COMPRESSED if bare.endswith(ending)), bare)
    endings = _CALLED.get(kind, ()) if kind else tuple(ending for each in _CALLED.values() for ending in each)
    return bare.endswith(endings) and not bare.startswith(_OF_MACOS)


def _is_of_others(data: bytes) -> bool:
    """Return whether PEM has blocks of other programs alone, such as PGP, and nothing of ours stands around them."""
    text = as_ascii(data)
    for part in parts(text):
        if isinstance(part, Gap):
            if looks_like_more(text, part):
                return False
        elif foreign_label(part.label) is None:
            return False
    return True


def stands_in(data: bytes) -> bool:
    """Return whether DER, armour or its base64 stands in what is no certificate by its name: base64 alone may be a key.

    A key that two programs share, and one of WireGuard, is base64 of chance.
    """
    text = as_ascii(data)
    return _DER.search(text) is not None or holds_more(text.replace(b"\x00", b""))


def is_delivered(name: str) -> bool:
    """Return whether a file has the name of a folder that was packed, which may be one with certificates."""
    return name.lower().endswith(_DELIVERED)


def is_surely_without(
    error: PkitoolsError, data: Callable[[], bytes], kind: ItemKind = ItemKind.CERTIFICATE, name: str = ""
) -> bool:
    """Return whether a file that could not be used surely holds nothing of what is wanted.

    Args:
        error: why it could not be used.
        data: gives its content, which is looked through where the error alone does not tell.
        kind: what is wanted.
        name: of the file, where that says something: one that is called a certificate is missed, and a delivery that is
            still packed; not what a program packed for itself.
    """
    if is_not_what_it_says(name, error, kind) or error.code == f"sources.error.only_{kind.value}":
        return False
    if is_delivered(name):
        return False
    return not _stands_in(data()) if error.code == _PACKED and name else _is_without(error, data)


def _is_without(error: PkitoolsError, data: Callable[[], bytes]) -> bool:
    """Return whether a file that could not be used surely holds nothing of ours, but for what the error says."""
    if error.code == _BLOCK:
        return _is_of_others(data())
    if error.code == _ONLY_CERTIFICATES:
        return True
    if error.code == _PDF or error.params.get("problem") == _PICTURE:
        return not holds_written(data())
    if error.code == _OTHER_KIND:
        problem = error.params.get("problem")
        if problem in _NEVER:
            return problem != _DATABASE or _OF_NSS not in data()[:_FIRST_PAGE]
        # what pkitools writes itself, such as the manifest of a batch
        return _OWN_DOCUMENT.match(data()) is not None and not may_hold_more(data())
    return error.code in _NO_CERTIFICATE and (error.code not in _PERHAPS or not may_hold_more(data()))
