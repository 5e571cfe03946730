"""The subject of a request, built from attributes and never from a string.

``Stichting Zorg, Welzijn en Wonen``, ``'s-Gravenhage`` and ``Café + Co = "X"`` are values like any other: there is no
syntax they could break. Each profile says which attributes there are, in which order and string type.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pkitools.errors import InvalidValueError
from pkitools.profiles import AttributeRule, Presence, Profile

PRINTABLE: Final = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")
_ACTING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject that fits its profile; :func:`build_subject` makes one.

    Args:
        attributes: (short name, value) in the order they are encoded.
    """

    attributes: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return one attribute by its short name."""
        return dict(self.attributes).get(name)


def build_subject(profile: Profile, values: Mapping[str, str]) -> Subject:
    """Return the subject with these attributes, in the profile's order.

    Args:
        profile: says what is required, allowed and forbidden.
        values: short name (``CN``, ``O``, ``serialNumber``, ...) → value, taken as it is: nothing is trimmed or
            normalised.

    Raises:
        InvalidValueError: one is missing, forbidden, too long, too short, or holds what it may not.
    """
    for name in values:
        rule = profile.subject.attribute(name)
        if rule is None or rule.presence is Presence.FORBIDDEN:
            allowed = [r.name for r in profile.subject.attributes if r.presence is not Presence.FORBIDDEN]
            raise InvalidValueError(
                "requests.error.attribute_forbidden", attribute=name, profile=profile.name, allowed=", ".join(allowed)
            )
    for name in profile.subject.names(Presence.REQUIRED):
        if name not in values:
            raise InvalidValueError(f"requests.error.missing_{name.lower()}", profile=profile.name)
    ordered = [(rule, values[rule.name]) for rule in profile.subject.attributes if rule.name in values]
    for rule, value in ordered:
        _refuse(rule, value)
    return Subject(tuple((rule.name, value) for rule, value in ordered))


def text_fault(value: str) -> str | None:
    """Return what is wrong with a text for people: ``space`` around it, or ``characters`` that act; else ``None``."""
    if any(unicodedata.category(char) in _ACTING for char in value):
        return "characters"
    return "space" if value != value.strip() else None


def _refuse(rule: AttributeRule, value: str) -> None:
    operands = {"attribute": rule.name, "value": value, "length": len(value)}
    if len(value) > rule.maximum:
        raise InvalidValueError("requests.error.too_long", **operands, maximum=rule.maximum)
    if len(value) < rule.minimum:
        raise InvalidValueError("requests.error.too_short", **operands, minimum=rule.minimum)
    if fault := text_fault(value):
        raise InvalidValueError(f"requests.error.text_{fault}", **operands)
    if rule.string_type == "PrintableString" and not PRINTABLE.fullmatch(value):
        raise InvalidValueError("requests.error.not_printable", **operands)
    if not rule.fits_pattern(value):
        raise InvalidValueError("requests.error.form", **operands, pattern=rule.pattern)
