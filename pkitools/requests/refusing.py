"""How what does not fit its profile is refused, and with which errors ``csr create`` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pkitools.errors import InvalidValueError
from pkitools.findings.model import NEVER_ERROR
from pkitools.profiles import Profile
from pkitools.profiles.conformance import Departure, Particulars, Requirement, conformance

Refusals: TypeAlias = Mapping[Requirement, str | Callable[[Mapping[str, object]], str]]
"""Requirement → the code of its error, or how it is made from the operands of the departure."""


def _dns(of: Mapping[str, object]) -> str:
    return f"requests.error.dns_{of['fault']}"


SUBJECT: Final[Refusals] = {
    Requirement.SUBJECT_ALLOWED: "requests.error.attribute_forbidden",
    Requirement.SUBJECT_REQUIRED: lambda of: f"requests.error.missing_{str(of['attribute']).lower()}",
    Requirement.SUBJECT_LENGTH: lambda of: f"requests.error.too_{of['fault']}",
    Requirement.SUBJECT_TEXT: lambda of: f"requests.error.text_{of['fault']}",
    Requirement.SUBJECT_ALPHABET: "requests.error.not_printable",
    Requirement.SUBJECT_FORM: "requests.error.form",
}
EACH_NAME: Final[Refusals] = {
    Requirement.SAN_NAME: _dns,
    Requirement.SAN_WILDCARD: _dns,
    Requirement.SAN_LOCALHOST: _dns,
}
NAMES: Final[Refusals] = {
    Requirement.SAN_ABSENT: "requests.error.san_forbidden",
    **EACH_NAME,
    Requirement.SAN_PRESENT: "requests.error.san_missing",
    Requirement.SAN_COUNT: "requests.error.san_too_many",
}
KEY: Final[Refusals] = {
    Requirement.KEY_ALGORITHM: "requests.error.key_algorithm",
    Requirement.KEY_SIZE: "requests.error.key_too_small",
    Requirement.KEY_EXPONENT: "requests.error.key_exponent",
}


def is_indicative(departure: Departure) -> bool:
    """Say whether no text demands what it departs from: it is inferred, or a third party's word, and only warns."""
    return departure.basis is not None and departure.basis.certainty in NEVER_ERROR


def refuse(
    refusals: Refusals,
    profile: Profile,
    particulars: Particulars,
    *,
    passes: Callable[[Departure], bool] = lambda departure: False,
) -> None:
    """Raise the error of the first departure.

    Args:
        refusals: what to look at, and the errors.
        profile: what it has to fit.
        particulars: what is asked.
        passes: departures to let pass.

    Raises:
        InvalidValueError: with one sentence that says what to mend.
    """
    for requirement, departure in conformance(profile, particulars, refusals):
        if not passes(departure):
            code = refusals[requirement]
            raise InvalidValueError(
                code if isinstance(code, str) else code(departure.operands),
                **{"value": departure.value, **departure.operands},
            )
