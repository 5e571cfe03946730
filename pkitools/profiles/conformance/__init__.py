"""Does it fit the profile: every requirement of a :class:`Profile`, looked at in this one place.

Who makes a request or issues a certificate refuses by it, who is given one reports by it; each has its own table from
:class:`Requirement` to its error or rule.

>>> from pkitools.profiles import get_profile
>>> from pkitools.x509.model import GeneralName
>>> asked = Particulars(names=(GeneralName("dns", "*.example.nl"),))
>>> [departure.value for departure in departures(Requirement.SAN_WILDCARD, get_profile("g4-tls"), asked) or ()]
['*.example.nl']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pkitools.frozen import replace
from pkitools.profiles.conformance import extensions, key, names, subject
from pkitools.profiles.conformance.model import Departure, Extensions, Look, Particulars, Requirement
from pkitools.profiles.conformance.subject import text_fault
from pkitools.profiles.model import Profile

__all__ = ["Departure", "Extensions", "Particulars", "Requirement", "conformance", "departures", "text_fault"]

_LOOKS: Final[dict[Requirement, Look]] = {
    requirement: look
    for part in (subject, names, key, extensions)
    for requirement, look in part.PART.by_requirement.items()
}


def departures(
    requirement: Requirement, profile: Profile | None, particulars: Particulars
) -> tuple[Departure, ...] | None:
    """Return how the particulars depart from one requirement: none, when they fit.

    Args:
        requirement: what to look at.
        profile: ``None``: what every profile asks.
        particulars: what to look at it in.

    Returns:
        ``None`` when the requirement has nothing to say here: the profile does not ask it, or what it is about is not
        there. A departure rests on its basis as it is for these particulars, of TRIAL or not.
    """
    found = _LOOKS[requirement](profile, particulars)
    if found is None:
        return None
    departed = tuple(found)
    return tuple([_held_to(particulars, each) for each in departed]) if departed else departed


def _held_to(particulars: Particulars, departure: Departure) -> Departure:
    basis = departure.basis
    if basis is None or not basis.of_trial or particulars.trial:
        return departure
    return replace(departure, basis=basis.held_to(trial=False))


def conformance(
    profile: Profile | None, particulars: Particulars, requirements: Iterable[Requirement] = Requirement
) -> Iterator[tuple[Requirement, Departure]]:
    """Yield every departure from these requirements, in their order."""
    for requirement in requirements:
        for departure in departures(requirement, profile, particulars) or ():
            yield requirement, departure
