"""Which DNS names may stand in a subjectAltName: one judgement, for requests made and checked and for certificates."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

from pkitools.environment import Environment
from pkitools.profiles.model import Permission, SANRule
from pkitools.text import pattern

_LABEL: Final = pattern(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_MAX_NAME: Final = 253  # RFC 1035 2.3.4, without the root's dot
_LONGEST_TEXT: Final = 512  # a longer one is no name whatever is in it
LOCALHOST: Final = "localhost"


def is_ip_address(text: str) -> bool:
    """Say whether the text is an IPv4 or IPv6 address."""
    if ":" not in text and not text.replace(".", "").isdigit():
        return False  # what nearly all of it is, and an exception takes longer than the rest of a rule
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_dns_name(text: str) -> bool:
    """Say whether the text is a host name of two labels or more, in the characters a certificate can hold.

    An internationalised name is one in its A-label form (``xn--caf-dma.nl``) only.
    """
    labels = text.split(".")
    return (
        len(text) <= _MAX_NAME
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )


INTERNAL: Final = (".local", ".internal", ".lan", ".intranet", ".corp", ".home", ".test", ".example", ".invalid")
"""Domains that are nobody's: reserved (RFC 2606, RFC 6761, RFC 6762, ICANN) or never delegated."""


def is_internal(name: str) -> bool:
    """Say whether a DNS name is one that nobody can show to have: of one label, or below such a domain."""
    return "." not in name or name.lower().endswith(INTERNAL)


_HOST: Final = pattern(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?([^\s/:?#@]+\.[^\s/:?#@]+)(:[0-9]+)?(/\S*)?")


def more_than_a_name(text: str) -> tuple[str, str] | None:
    """Return what a text has that a DNS name cannot have, as a word, and the name without it; ``None`` for nothing.

    Returns:
        ``url`` (a scheme or a path), ``port`` or ``underscore``; of the last one a name that would do.
    """
    found = _HOST.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if found is None:
        return None
    host = found[1]
    if "://" in text or found[3]:
        return "url", host
    if found[2]:
        return "port", host
    return ("underscore", host.replace("_", "-")) if "_" in host and host.isascii() else None


def dns_fault(text: str, rule: SANRule | None, environment: Environment | None) -> str | None:
    """Return what is wrong with a DNS name as a word, or ``None``.

    Args:
        text: the name.
        rule: what the profile allows; ``None``: what every profile forbids.
        environment: ``localhost`` may be in preproduction where the profile lets TRIAL certificates have it.

    Returns:
        ``ip``, ``localhost``, ``wildcard``, ``onion``, ``idn``, ``single_label`` or ``syntax``.
    """
    wildcard = rule is None or rule.wildcard is not Permission.FORBIDDEN
    return _fault(text, wildcard=wildcard, localhost=_localhost_allowed(rule, environment))


@lru_cache(maxsize=1024)  # several requirements ask about the same few names
def _fault(text: str, *, wildcard: bool, localhost: bool) -> str | None:
    lower = text.lower()
    faults = (
        (lower == LOCALHOST, None if localhost else "localhost"),
        (is_ip_address(text), "ip"),
        ("*" in text and not wildcard, "wildcard"),
        (lower.endswith(".onion"), "onion"),
        (not text.isascii(), "idn"),
        (is_dns_name(text.removeprefix("*.")), None),
        (text != "" and "." not in text, "single_label"),
    )
    return next((fault for applies, fault in faults if applies), "syntax")


def _localhost_allowed(rule: SANRule | None, environment: Environment | None) -> bool:
    if rule is None or rule.localhost is Permission.ALLOWED:
        return True
    return rule.localhost is Permission.TRIAL and environment is not Environment.PRODUCTION


def a_label(text: str) -> str:
    """Return an internationalised name as it has to be written, as far as this can be told without doubt.

    ``ß``, ``ς`` and joiners mean different names under the two IDNA standards: then only the form is shown.
    """
    try:
        if not set(text) & set("ßς\u200c\u200d"):
            return text.encode("idna").decode("ascii")
    except UnicodeError:
        pass
    return "xn--…"
