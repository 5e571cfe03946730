"""Judges certificates and requests of profiles by every way there is, and prints what came of it as JSON.

Run with the profile data of a copy of the library (``python -m tests.support.twins PROFILE…``), because each room
keeps what it has read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from pkitools.checking import check
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Outcome
from pkitools.profiles import Profile, get_profile, get_tsp
from pkitools.requests import check_request, plan_request
from pkitools.rules import detect_profile, lint
from tests.support.certificates import (
    EKU,
    KU,
    MOMENT,
    POLICIES,
    QC,
    SAN,
    SERVER,
    Change,
    dns_names,
    giving,
    made,
    named_bits,
    policies,
    purposes,
    putting,
    rsa_key,
    setting,
    without,
)
from tests.support.requests import dns, pooled_key, request, subject

CHANGES: dict[str, tuple[Change, ...]] = {
    "good": (),
    "an attribute too many": (giving("OU", "ICT"),),
    "an attribute too few": (giving("organizationIdentifier"),),
    "a name too short": (giving("O", "T"),),
    "other names": (putting(SAN, dns_names("*.voorbeeld.nl", "localhost", "x.onion", "server")),),
    "no names": (without(SAN),),
    "another usage": (putting(KU, named_bits("keyAgreement")), putting(EKU, purposes(SERVER), critical=True)),
    "no statements": (without(QC),),
    "a small key": (setting("key", rsa_key(2048)),),
    "another exponent": (setting("key", rsa_key(3072, exponent=3)),),
}
ORDERS: dict[str, dict[str, object]] = {
    "good": {},
    "a name too long": {"organization": "x" * 65},
    "no organisation": {"organization": None},
    "locality": {"locality": "Den Haag"},
    "names": {"dns_names": ["*.example.nl"]},
    "a small key": {"key_type": "rsa:2048"},
}
REQUESTS: dict[str, Callable[[], bytes]] = {
    "good": request,
    "an attribute too many": lambda: request(subject(OU="x"), dns("a.example.nl")),
    "no organisation": lambda: request(subject(O=None), dns("a.example.nl")),
    "no names": lambda: request(subject()),
    "other names": lambda: request(subject(), dns("*.example.nl", "localhost", "server")),
    "a small key": lambda: request(key=pooled_key("rsa:2048")),
}


def _told(outcomes: tuple[Outcome, ...]) -> list[object]:
    return [
        [
            outcome.rule.code,
            outcome.status,
            outcome.rule.severity.name,
            outcome.rule.certainty,
            [[evidence.path, evidence.value] for evidence in outcome.evidence],
            dict(outcome.params),
        ]
        for outcome in outcomes
    ]


def _certificates(profile: Profile) -> dict[str, object]:
    found: dict[str, object] = {}
    for arc, environment in (("trial:", Environment.PREPRODUCTION), ("", Environment.PRODUCTION)):
        for case, changes in CHANGES.items():
            facts = made(arc + profile.name, *changes)
            detected = detect_profile(facts)
            report = lint(facts, moment=MOMENT, environment=environment, raise_crashes=True)
            whole = check(facts.der, moment=MOMENT, environment=environment).report
            found[f"recognise {arc}{case}"] = detected and detected.name
            found[f"cert lint {arc}{case}"] = [report.verdict, *_told(report.outcomes)]
            found[f"cert check {arc}{case}"] = [whole.verdict, *_told(whole.outcomes)]
        # a policy that is not its own: the profile is named
        stranger = made(arc + profile.name, putting(POLICIES, policies("0.4.0.2042.1.1")), giving("OU", "ICT"))
        report = lint(stranger, moment=MOMENT, profile=profile, raise_crashes=True)
        found[f"cert lint --profile {arc}"] = [report.verdict, *_told(report.outcomes)]
    return found


def _requests(profile: Profile) -> dict[str, object]:
    found: dict[str, object] = {}
    for case, made_request in REQUESTS.items():
        for tsp in (None, get_tsp("digicert"), get_tsp("g4-trial")):
            report = check_request(
                made_request(), profile, tsp=tsp, environment=Environment.PRODUCTION, raise_crashes=True
            )
            found[f"csr check {case} {tsp and tsp.name}"] = [report.verdict, *_told(report.outcomes)]
    return found


def _order(profile: Profile, changed: dict[str, object]) -> object:
    values: dict[str, object] = {
        "common_name": "api.example.nl",
        "organization": "Gemeente Voorbeeld",
        "oin": "00000003273229750000",
        **changed,
    }
    try:
        plan = plan_request(profile, Environment.PRODUCTION, **values)  # type: ignore[arg-type]  # the cases' own
    except InvalidValueError as error:
        return [error.code, {name: str(value) for name, value in error.params.items()}]
    return [plan.subject.attributes, plan.dns_names, plan.key_type, plan.signature]


def judged(name: str) -> dict[str, object]:
    """Everything that is said of one profile's certificates and requests."""
    profile = get_profile(name)
    orders = {f"csr create {case}": _order(profile, changed) for case, changed in ORDERS.items()}
    return {**_certificates(profile), **_requests(profile), **orders}


if __name__ == "__main__":
    json.dump({name: judged(name) for name in sys.argv[1:]}, sys.stdout)
