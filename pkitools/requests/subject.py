"""The subject of a request, built from attributes and never from a string.

``Stichting Zorg, Welzijn en Wonen``, ``'s-Gravenhage`` and ``Café + Co = "X"`` are values like any other: there is no
syntax they could break. Each profile says which attributes there are, in which order and string type.
"""

from __future__ import annotations

from collections.abc import Mapping

from pkitools.frozen import dataclass
from pkitools.profiles import ATTRIBUTE_OIDS, Profile
from pkitools.profiles.conformance import Particulars
from pkitools.requests.refusing import SUBJECT, is_indicative, refuse
from pkitools.x509.model import NameAttribute


@dataclass(frozen=True, slots=True)
class RequestSubject:
    """A subject that fits its profile; :func:`build_subject` makes one.

    Args:
        attributes: (short name, value) in the order they are encoded.
    """

    attributes: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return one attribute by its short name."""
        return dict(self.attributes).get(name)


def build_subject(profile: Profile, values: Mapping[str, str], *, trial: bool = False) -> RequestSubject:
    """Return the subject with these attributes, in the profile's order.

    Args:
        profile: says what is required, allowed and forbidden.
        values: short name (``CN``, ``O``, ``serialNumber``, ...) → value, taken as it is: nothing is trimmed or
            normalised.
        trial: it is for a TRIAL certificate, whose schema binds it.

    Raises:
        InvalidValueError: one is missing, forbidden, too long, too short, or holds what it may not, by a text that
            demands it. What is only inferred of a profile is let through: the check of a request tells it.
    """
    order = [rule.name for rule in profile.subject.attributes]
    names = sorted(values, key=lambda name: order.index(name) if name in order else len(order))
    asked = Particulars(subject=[_attribute(profile, name, values[name]) for name in names], trial=trial)
    refuse(SUBJECT, profile, asked, passes=is_indicative)
    return RequestSubject(tuple((name, values[name]) for name in names))


def _attribute(profile: Profile, name: str, value: str) -> NameAttribute:
    rule = profile.subject.attribute(name)
    return NameAttribute(ATTRIBUTE_OIDS.get(name, name), name, value, rule.string_type if rule else "UTF8String")
