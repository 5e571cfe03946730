"""One block of PEM: what its label promises, what stands in its place, and whether it is a value in another text."""

from __future__ import annotations

from typing import Final

from pkitools.containers.model import Item, ItemKind
from pkitools.containers.other_kinds import kind_code
from pkitools.containers.structure import Wrapper
from pkitools.errors import InputError
from pkitools.x509 import pem

KEY_LABEL: Final = "PRIVATE KEY"
# accompany keys, hold none
_SILENT_LABELS: Final = frozenset({"EC PARAMETERS", "DH PARAMETERS", "DSA PARAMETERS", "X9.42 DH PARAMETERS"})
# certificates come in PKCS#7 as well, under either label; parameters of a key are none of our kinds
_CERTIFICATES: Final = frozenset({ItemKind.CERTIFICATE, Wrapper.PKCS7})
_OPENVPN: Final = "OpenVPN "  # its static key is hexadecimal, and lies beside certificates in one configuration
_PROMISED: Final = {
    **dict.fromkeys(("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE CHAIN"), _CERTIFICATES),
    **dict.fromkeys(("PKCS7", "PKCS #7 SIGNED DATA", "CMS"), _CERTIFICATES),
    **dict.fromkeys(("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"), frozenset({ItemKind.REQUEST})),
    **dict.fromkeys(("X509 CRL", "CRL"), frozenset({ItemKind.CRL})),
    "PUBLIC KEY": frozenset({ItemKind.PUBLIC_KEY}),
    **dict.fromkeys(("PKCS12", "PFX"), frozenset({Wrapper.PKCS12})),
    **dict.fromkeys(_SILENT_LABELS, frozenset[ItemKind | Wrapper]()),
}
_LABEL_FORMS: Final = {"RSA": "PKCS#1", "EC": "SEC1", "DSA": "DSA", "OPENSSH": "OpenSSH"}
_LINE_STARTS: Final = (b"", b"\n", b"\r")
_ABOVE: Final = 120  # of what is looked at before a block: its line, and the one above


def silent_kind(block: pem.Block) -> str:
    """Return the slug of a block that accompanies keys and holds none of our kinds; empty of another."""
    if block.label.startswith(_OPENVPN):
        return "openvpn"
    return "key_parameters" if block.label in _SILENT_LABELS and block.error is None else ""


def may_be_value(data: bytes, begin: int) -> bool:
    """Return whether a block may stand as a value in a text of another kind: seen of what is right before it."""
    above = data[max(0, begin - _ABOVE) : begin]
    return (
        above[-1:] not in _LINE_STARTS or b"<<" in above or above.rstrip().endswith((b'"""', b"'''", b"`", b'"', b"'"))
    )


def unknown_block(block: pem.Block, kind: str) -> InputError:
    """Return that a block is none of those that are read, and what it looks like.

    Args:
        block: the block.
        kind: the slug of what it looks like, as of :mod:`pkitools.containers.other_kinds`.
    """
    label, problem = block.label or "?", kind_code(kind)
    return InputError("sources.error.unknown_block", number=block.number, label=label, problem=problem)


def key_of_block(block: pem.Block) -> Item:
    """Return the private key of a block, which is recognised and never decrypted."""
    from pkitools.containers.key_facts import OPENSSH, is_locked  # few files hold keys

    form = _form(block)
    locked = block.encrypted or (form == OPENSSH and is_locked(block.body))
    return Item(ItemKind.KEY, block.body, block.number, form, locked, cipher=block.cipher)


def is_promised(label: str, kind: ItemKind | Wrapper) -> bool:
    """Return whether a block may hold this by its label; a label that is none of ours promises nothing."""
    promised = {ItemKind.KEY} if label.endswith(KEY_LABEL) else _PROMISED.get(label)
    return promised is None or kind in promised


def _form(block: pem.Block) -> str:
    return _LABEL_FORMS.get(block.label.split(" ", 1)[0], block.label)
