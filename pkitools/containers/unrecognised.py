"""What is said of a file in which nothing was found: what it looks like."""

from __future__ import annotations

import re
from typing import Final

from pkitools.containers import mail
from pkitools.containers.other_kinds import UNKNOWN, kind_code, what_instead
from pkitools.errors import InputError
from pkitools.text import pattern

_WHITE: Final = b" \t\r\n\v\f"
# of what people hand over by mistake, the kinds with a remedy of their own
_OWN_REMEDY: Final = frozenset({"office", "zip", "pdf", "ssh", "pgp"})
_BROKEN_ARMOUR: Final = pattern(rb"(BEGIN|END) (CERTIFICATE|PRIVATE KEY|RSA PRIVATE KEY|X509 CRL)")


def unrecognised(data: bytes, name: str) -> InputError:
    """Return the error of a file that holds nothing of ours.

    Args:
        data: its content.
        name: what to call it.
    """
    start = data[:4096].lstrip(_WHITE).lower()
    if re.match(rb"<[a-z?!]", start):
        is_page = start.startswith(b"<!doctype html") or b"<html" in start
        return InputError(f"sources.error.{'html' if is_page else 'xml'}", name=name)
    kind = "mail" if mail.is_mail(data) else what_instead(data)
    if kind in _OWN_REMEDY:
        return InputError(f"sources.error.{kind}", name=name)
    if kind != UNKNOWN:
        return InputError("sources.error.other_kind", name=name, problem=kind_code(kind))
    if data[:1] == b"\x30" and data[1:2] >= b"\x80":
        return InputError("sources.error.unknown_der", name=name)
    if (b"BEGIN " in data or b"END " in data) and _BROKEN_ARMOUR.search(data):
        return InputError("sources.error.broken_armour", name=name)
    return InputError("sources.error.unrecognised", name=name)
