"""The form of names: DNS names, addresses, URIs. ASCII only; every pattern is linear in its input."""

from __future__ import annotations

import re
from typing import Final

from pkitools.text import pattern

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_DNS_NAME: Final = pattern(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_URI: Final = pattern(r"[A-Za-z][A-Za-z0-9+.\-]*:[\x21-\x7e]+")
_HIERARCHICAL: Final = pattern(r"(?:https?|ldaps?|ftp)://", re.IGNORECASE)
_WITH_HOST: Final = pattern(r"[A-Za-z]+://(?:[^/?#@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^/?#:@\[\]]+)(?::[0-9]*)?(?:[/?#].*)?")
_LOCAL_PART: Final = pattern(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+")
_LONGEST = 4096  # longer than any name in use: said to be wrong without looking further


def is_dns_name(name: str) -> bool:
    """Return whether this is a host name in preferred syntax (RFC 1034 3.5), its first label perhaps ``*``.

    An underscore passes: service names have it, and it harms nobody. Lengths are another rule's.
    """
    return len(name) <= _LONGEST and _DNS_NAME.fullmatch(name) is not None


def is_uri(text: str) -> bool:
    """Return whether this is an absolute URI; http, https, ftp and ldap with a host."""
    if len(text) > _LONGEST or _URI.fullmatch(text) is None:
        return False
    if text[:7].lower() == "ldap://":
        return True  # RFC 4516 lets the host be left out: the reader's own directory
    return _HIERARCHICAL.match(text) is None or _WITH_HOST.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Return whether this is an RFC 2821 mailbox: ``local@domain``, no name and no brackets around it."""
    local, at, domain = text.rpartition("@")
    return bool(at) and len(text) <= _LONGEST and _LOCAL_PART.fullmatch(local) is not None and is_dns_name(domain)


def looks_like_host(text: str) -> bool:
    """Return whether a common name is meant as a host name: labels with a dot between and no space."""
    return "." in text and is_dns_name(text) and not text.replace(".", "").isdigit()
