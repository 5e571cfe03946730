"""The subject, held to the profile."""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import Answers, Certainty, Severity, met_if_none
from pkitools.messages.blanks import blanks_in
from pkitools.profiles.conformance import Departure, Requirement
from pkitools.requests.rules.context import RequestContext, RequestRules

_TRIAL: Final = cite("g4-trial-profiles")
_PVE: Final = cite("digikoppeling-certificates", "chapter 10")
_RFC5280: Final = cite("rfc-5280", "4.1.2, 4.2")
_OWN: Final = cite("pkitools")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_OFFICIAL: Final = Certainty.OFFICIAL

PART: Final = RequestRules()


def _not_asked_by_the_tsp(context: RequestContext, departure: Departure) -> bool:
    return context.tsp is None or departure.operands["attribute"] not in context.tsp.subject_required


def _no_oin(_: RequestContext, departure: Departure) -> bool:
    return departure.operands["attribute"] != "serialNumber"  # it has rules of its own


def _is_identifier(_: RequestContext, departure: Departure) -> bool:
    return departure.operands["attribute"] == "organizationIdentifier"


def _no_identifier(context: RequestContext, departure: Departure) -> bool:
    return not _is_identifier(context, departure)


def _is_oin_identifier(context: RequestContext, departure: Departure) -> bool:
    return _is_identifier(context, departure) and str(departure.value).startswith("OI:NL-")


def _no_oin_identifier(context: RequestContext, departure: Departure) -> bool:
    return not _is_oin_identifier(context, departure)


PART.profile_rule(
    "csr.subject.required", _ERROR, _TRIAL, _OFFICIAL, Requirement.SUBJECT_REQUIRED, judged=_no_identifier
)
# apart: some organisations have no KvK number, and for a SubOIN it is somebody else's
PART.profile_rule(
    "csr.subject.organization_identifier",
    _ERROR,
    _TRIAL,
    _OFFICIAL,
    Requirement.SUBJECT_REQUIRED,
    judged=_is_identifier,
)
PART.profile_rule("csr.subject.not_allowed", _ERROR, _TRIAL, _OFFICIAL, Requirement.SUBJECT_ALLOWED)
PART.profile_rule(
    "csr.subject.discouraged", _NOTICE, _PVE, _OFFICIAL, Requirement.SUBJECT_DISCOURAGED, judged=_not_asked_by_the_tsp
)
PART.profile_rule("csr.subject.repeated", _ERROR, _TRIAL, _OFFICIAL, Requirement.SUBJECT_ONCE, judged=_no_oin)
PART.profile_rule("csr.subject.length", _ERROR, _TRIAL, _OFFICIAL, Requirement.SUBJECT_LENGTH)
PART.profile_rule("csr.subject.form", _ERROR, _TRIAL, _OFFICIAL, Requirement.SUBJECT_FORM, judged=_no_oin_identifier)
# apart: who has no KvK number is told to ask for it, and must not be told then that it is a mistake
PART.profile_rule(
    "csr.subject.oin_identifier", _ERROR, _TRIAL, _OFFICIAL, Requirement.SUBJECT_FORM, judged=_is_oin_identifier
)
PART.profile_rule(
    "csr.subject.string_type",
    _WARNING,
    _RFC5280,
    Certainty.STANDARD,
    Requirement.SUBJECT_STRING_TYPE,
    judged=_no_oin,
)
PART.profile_rule("csr.subject.text", _WARNING, _OWN, Certainty.ADVICE, Requirement.SUBJECT_TEXT)


@PART.rule("csr.subject.blank", _WARNING, _OWN, Certainty.ADVICE)
def _blank(context: RequestContext) -> Answers:
    return met_if_none("subject", blanks_in(context.facts.subject))
