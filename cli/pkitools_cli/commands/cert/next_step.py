"""What to do after ``cert check``, about one certificate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from pkitools.environment import Environment
from pkitools.findings import Outcome, Report, Verdict
from pkitools.oin import OIN
from pkitools.reports.telling.answer import answer_of, told
from pkitools.reports.telling.readable import readable
from pkitools.reports.text import is_about_the_subject
from pkitools.systems import get_system
from pkitools.x509 import CertificateFacts
from pkitools_cli.commands.cert.check_options import CheckOptions
from pkitools_cli.commands.next_steps import Commands, Step, Words, again, shortened, step
from pkitools_cli.i18n import language, tr
from pkitools_cli.remedies import remedy_text

if TYPE_CHECKING:
    from pkitools.checking import CheckResult

_TRIAL: Final = "TRIAL "  # issuing a test certificate puts it in front of names
_MOST_NAMES: Final = 4
_OF_ANY: Final = frozenset({"path.anchor.found"})  # its step is the same whichever certificate of the path it is about


@dataclass(frozen=True, slots=True)
class Place:
    """One certificate as it was handed in.

    Args:
        file: its file.
        result: what was found of it.
        report: that, with what there is to say of the file.
        options: what was asked.
    """

    file: str
    result: CheckResult
    report: Report
    options: CheckOptions


def next_step_of(place: Place) -> Step | None:
    """Return what to do first; ``None`` when there is nothing to say."""
    outcome = answer_of(place.report).step
    if outcome is None:
        return _after_passing(place)
    commands = _commands(place)
    params = readable(outcome.params, language(), place.report.moment)
    for key in _keys(outcome, place.options.environment):
        if (found := step(key, params, commands)) is not None:
            return found
    text = told(outcome, language(), remedy_text, place.report.moment)
    if place.report.verdict is not Verdict.PASSED or not text.remedy:
        return Step(text.remedy) if text.remedy else None
    return Step(f"{text.title}. {text.remedy}")  # nothing above it says what it is about


def _keys(outcome: Outcome, environment: Environment) -> tuple[str, ...]:
    """Return under which keys the sentence may stand, the most precise first."""
    if outcome.reason:
        code = f"report.reason.{outcome.reason}"
    elif is_about_the_subject(outcome) or outcome.rule.code in _OF_ANY:
        code = outcome.rule.code
    else:
        return ()
    precise = (outcome.params.get("code"), environment.value)
    return (*(f"{code}.{more}" for more in precise if more), code)


def _after_passing(place: Place) -> Step | None:
    names = [get_system(name).title for name in place.options.systems]
    key = "cert_check.passed" if names else "cert_check.passed_without_system"
    return step(key, {"system": ", ".join(names)}, _commands(place))


def _commands(place: Place) -> Commands:
    file, systems = place.file, place.options.systems
    return {
        "create": partial(_create, place),
        "online": lambda: again([file], without=frozenset({"offline"})),
        "chain": lambda: again([file], "--chain", tr("cli.now.file")),
        "show": lambda: ("cert", "show", file),
        "system_show": lambda: ("systems", "show", systems[0]) if systems else ("systems", "list"),
        "systems": lambda: ("systems", "list"),
    }


def _create(place: Place) -> Words:
    """Return the command that makes the request of the next certificate, like this one."""
    facts, options = place.result.facts, place.options
    needed: list[Words] = [
        *_given("--profile", _profile(facts, options)),
        ("-e", options.environment.value),
        *_given("--oin", options.oin or _oin(place.result.oin)),
        *_given("--organization", options.organization or _organization(facts)),
        *_given_names(facts),
    ]
    return shortened(("csr", "create"), [*needed, ("--out", tr("cli.now.out"))])


def _given(option: str, value: str | None) -> list[Words]:
    return [(option, value)] if value else []


def _profile(facts: CertificateFacts, options: CheckOptions) -> str | None:
    from pkitools.rules import detect_profile

    detected = detect_profile(facts)
    return options.profile or (detected.name if detected else None)


def _oin(oin: OIN | None) -> str | None:
    return None if oin is None else str(oin)


def _organization(facts: CertificateFacts) -> str | None:
    name = facts.subject.organization
    return name.removeprefix(_TRIAL) if name else None


def _given_names(facts: CertificateFacts) -> list[Words]:
    """Return the names to ask for; none where there are so many that the command would leave some out."""
    common_name = (facts.subject.common_name or "").removeprefix(_TRIAL)
    dns = [name.value for name in facts.subject_alternative_name or () if name.kind == "dns"]
    if not common_name or len(dns) > _MOST_NAMES:
        return []
    others = dns if set(dns) != {common_name} else []
    return [("--common-name", common_name, *(word for name in others for word in ("--dns", name)))]


def systems_and_environment(options: CheckOptions) -> str:
    """Return for what was judged, as people call it: ``DigiD Machtigen, preproductie``."""
    titles = [get_system(name).title for name in options.systems]
    return ", ".join([*titles, tr(f"cli.cert_check.environment.{options.environment}")])
