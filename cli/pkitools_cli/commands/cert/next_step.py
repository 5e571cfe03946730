"""What to do after ``cert check``, about one certificate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from pkitools.errors import PkitoolsError
from pkitools.findings import CertificateRef, Outcome, Report, Severity, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.messages import NOTHING
from pkitools.reports.telling.answer import answer_of, told
from pkitools.reports.telling.readable import readable
from pkitools.reports.text import is_about_the_subject
from pkitools.revocation.model import is_on_hold
from pkitools.systems import Stance, Topic
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_cli.commands.cert.check_options import Meant
from pkitools_cli.commands.next_steps import (
    Commands,
    NextStep,
    Words,
    again,
    brief,
    carried,
    chain_place,
    request_command,
    step,
)
from pkitools_cli.i18n import blank, language, lookup, tr
from pkitools_cli.inputs import called
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.own_data import systems_named, titles
from pkitools_cli.remedies import remedy_text

if TYPE_CHECKING:
    from datetime import datetime

    from pkitools.checking import CheckResult
    from pkitools.environment import Environment
    from pkitools.oin import OIN
    from pkitools.profiles import Profile
    from pkitools.systems import System


_SOMEBODY_ELSES: Final = frozenset(
    {"received.oin.match", "received.organization.match", "received.request.oin", "received.request.organization"}
)
_TRUST: Final = frozenset({"trust"})
_PASSPHRASES: Final = frozenset({"passphrase_file", "passphrase_env"})
_OF_PAGES: Final = frozenset({"reports", "force"})  # a page that was written is there: it would be refused
_EXPIRED: Final = "path.validity.expired"
_ORDERED_OTHERWISE: Final = frozenset(
    {
        "environment.production.no_test",
        "environment.production.root",
        "environment.self_signed.not_allowed",
        "system.hierarchy.accepted",
        "system.oin.required",
        "x509.oin.ambiguous",
        "x509.oin.invalid",
        "x509.oin.missing",
    }
)
_LIST_OF_ANOTHER: Final = "revocation.crl.issuer"
_UNREADABLE_LIST: Final = "revocation.source.readable"
_SIMPLE_URL: Final = pattern(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,100}")
_ORDERS: Final = ("{create}", "{renew}")
_OF_A_TSP: Final = "environment.holder."  # it is nobody's who connects: no step of theirs comes next


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One certificate as it was handed in.

    Args:
        file: its file.
        result: what was found of it.
        report: that, with what there is to say of the file.
        options: what was asked.
        arrived: it was held to the key or the request it came for: it is about to be used for the first time.
        is_alone: certificates of its issuers are not with it, neither in its file nor given.
        of_provider: it stands in metadata as an identity provider's, and as nobody else's: who connects orders it not.
        chosen: which it is, by the beginning of its fingerprint, where its file has several.
        is_keystore: its file opens with the passphrase that was given.
        was_mailed: its file is a mail with a private key in it that anybody can read.
    """

    file: str
    result: CheckResult
    report: Report
    options: Meant
    arrived: bool = False
    is_alone: bool = False
    of_provider: bool = False
    chosen: str | None = None
    is_keystore: bool = False
    was_mailed: bool = False

    @property
    def which(self) -> Words:
        """The option that says which certificate of the file is meant; none where there is one."""
        return () if self.chosen is None else ("--certificate", self.chosen)

    @property
    def opened(self) -> Words:
        """The option that opens the file again; none where it needs none."""
        return carried(only=_PASSPHRASES) if self.is_keystore else ()


def next_step_of(place: HandedIn) -> NextStep | None:
    """Return what to do first; ``None`` when there is nothing to say."""
    if place.was_mailed and place.report.verdict is Verdict.PASSED:
        return step("cert_check.was_mailed", {}, _commands(place))
    outcome = _decisive(place.report)
    if outcome is None:
        return _after_passing(place)
    if outcome.rule.code == _ORDER and (request := _request_for_next(place)) is not None:
        return step("cert_check.order_with_request", {"file": called(request)}, {})
    for key in _keys(outcome, place):
        if (found := _by_key(key, outcome, place)) is not None:
            return found
    if place.of_provider and is_about_the_subject(outcome) and place.report.verdict is Verdict.FAILED:
        return step("cert_check.of_provider", {}, {})
    return _as_told(place, outcome)


_ORDER: Final = "advice.validity.order_now"
_REQUEST: Final = "received.request.next"


def _request_for_next(place: HandedIn) -> str | None:
    """Return the file, among those handed in, with a request for what comes after a certificate, as a scan finds it."""
    files = [str(found.params["file"]) for found in place.report.findings if found.rule.code == _REQUEST]
    if not files:
        return None
    from pkitools.files import read_bytes  # of few certificates a request lies there
    from pkitools.portfolio import Judging
    from pkitools.portfolio.judging import Judge
    from pkitools.portfolio.reading import Unit, examine, held_certificate
    from pkitools.portfolio.waiting import asks_the_same

    certificate, judge = held_certificate(place.result.facts, (), ()), Judge(Judging(moment=place.options.moment))
    for file in files:
        try:
            requests = examine(Unit(file, read_bytes(file)), judge).requests
        except PkitoolsError:
            continue
        if any(asks_the_same(one, certificate) for one in requests):
            return file
    return None


_OF_CHECK: Final = frozenset(
    ("chain", "trust", "crls", "ocsp", "revocation", "offline", "allow_net", "allow_port", "cache", "moment")
)
"""What ``metadata check`` is given as well: all that says by what certificates are judged, and when."""


def metadata_step(file: str, options: Meant) -> NextStep:
    """Return the step that has metadata judged of which only the certificates were.

    Args:
        file: the metadata.
        options: what was asked of the certificates.
    """

    def check() -> Words | None:
        if file == STANDARD_INPUT:
            return None
        system = _only_system(options) or blank("system")
        asked = ("--for", system, "-e", str(options.environment), *carried(only=_OF_CHECK))
        return ("metadata", "check", file, *asked)

    found = step("cert_check.of_metadata", {"file": called(file)}, {"metadata": check})
    assert found is not None  # there is such a sentence
    return found


def _by_key(key: str, outcome: Outcome, place: HandedIn) -> NextStep | None:
    """Return the step under a key, or the one that is said instead of it of such a certificate."""
    commands, text = _commands(place), lookup(f"cli.now.{key}") or ""
    if text.endswith(_ORDERS):
        if place.of_provider:
            return step("cert_check.of_provider", {}, {})
        if elsewhere := _without_pkioverheid(place.options):
            where = {"show": lambda: ("systems", "show", elsewhere[0])}
            return step("cert_check.elsewhere", {"system": ", ".join(titles(elsewhere[:1]))}, where)
    fetched = _list_to_fetch(outcome, place, commands) if text.endswith("{crl}") else None
    return fetched or step(key, readable(outcome.params, language(), place.report.moment), commands)


def _decisive(report: Report) -> Outcome | None:
    """Return whose step comes first: of one that expired what has to be otherwise in the next, where something has."""
    first = answer_of(report).step
    if first is None or first.rule.code != _EXPIRED or not is_about_the_subject(first):
        return first
    return next((found for found in report.findings if _asks_another(found)), first)


def _asks_another(found: Outcome) -> bool:
    """Return whether one that is ordered the same would be refused for it again."""
    return found.rule.severity is Severity.ERROR and found.rule.code in _ORDERED_OTHERWISE and not _is_made_anew(found)


def _list_to_fetch(outcome: Outcome, place: HandedIn, commands: Commands) -> NextStep | None:
    """Return the step that names where the CRL is, if the certificate says so in a form that can be copied."""
    urls = _addresses(outcome.certificate, place.result)
    url = next((each for each in urls if _SIMPLE_URL.fullmatch(each)), None)
    if url is None:
        return None
    about, given = _given_list(outcome, place.report.findings)
    beside = "_unconfirmed" if place.report.verdict is Verdict.PASSED else ""
    return step(f"cert_check.{about}{beside}", {"url": url, "given": given}, commands)


def _given_list(outcome: Outcome, findings: Sequence[Outcome]) -> tuple[str, str]:
    """Return what is wrong with the list that was given for this certificate, if one was, and what it is called."""
    for found in findings:
        given = str(found.params.get("given", NOTHING))
        if given == NOTHING or found.certificate != outcome.certificate or found.params.get("source") != "CRL":
            continue
        if found.rule.code == _UNREADABLE_LIST:
            return "crl_unreadable", given
        if found.rule.code == _LIST_OF_ANOTHER and found.params.get("maker") != NOTHING:
            return "crl_of_another", given
    return "crl_address", ""


def _addresses(about: CertificateRef | None, result: CheckResult) -> tuple[str, ...]:
    """Return where the CRLs are that speak of a certificate of the path."""
    if about is None or about.sha256 == result.facts.sha256:
        return result.facts.crl_uris
    path = result.path.certificates if result.path else ()
    facts = (read_certificate(der) for der in path)
    return next((each.crl_uris for each in facts if each.sha256 == about.sha256), ())


def _as_told(place: HandedIn, outcome: Outcome) -> NextStep | None:
    """Return the remedy of a finding; where its holder makes the certificate anew, with the command for that."""
    text = told(brief(outcome), language(), remedy_text, place.report.moment)
    # of one that passed nothing above it says what it is about
    about = f"{text.title}. " if place.report.verdict is Verdict.PASSED else ""
    if _is_made_anew(outcome):
        anew = step("cert_check.make_anew", {}, {"remake": partial(_create, place, self_signed=True)})
        if anew is not None and anew.words is not None:
            return replace(anew, sentence=f"{about}{anew.sentence}")
    return NextStep(f"{about}{text.remedy}") if text.remedy else None


def _keys(outcome: Outcome, place: HandedIn) -> tuple[str, ...]:
    """Return under which keys the sentence may stand, the most precise first."""
    options = place.options
    if outcome.reason:
        code = f"report.reason.{outcome.reason}"
    elif is_about_the_subject(outcome) and not _is_made_anew(outcome):
        code = outcome.rule.code
    else:
        return ()
    unsure = "unsure" if outcome.params.get("sure") == NOTHING else None
    # a root that was handed in already is not asked for again, nor where it is the first issuer that lacks
    rooted = options.trust or outcome.certificate is None or outcome.certificate.role == "end_entity"
    held = "held" if is_on_hold(outcome) else None
    test = ("trial_given" if options.trust else "trial") if outcome.params.get("test", NOTHING) != NOTHING else None
    passed = place.arrived and place.report.verdict is Verdict.PASSED
    sent = "_".join(filter(None, (unsure, "alone" if place.is_alone else "sent"))) if passed else None
    precise = (
        held,
        test,
        outcome.params.get("code"),
        sent,
        unsure,
        "rooted" if rooted else None,
        options.environment.value,
    )
    return (*(f"{code}.{more}" for more in precise if more), code)


def _is_made_anew(outcome: Outcome) -> bool:
    """Return whether who made the certificate mends this: nothing is ordered then."""
    return outcome.certificate is not None and outcome.certificate.make_anew


def _after_passing(place: HandedIn) -> NextStep | None:
    about = next((found for found in place.report.findings if found.rule.code.startswith(_OF_A_TSP)), None)
    if about is not None:
        return NextStep(told(about, language(), remedy_text, place.report.moment).remedy)  # the verdict says what it is
    names = titles(place.options.systems)
    if place.arrived and place.is_alone:
        return step("cert_check.passed_alone", {}, _commands(place))
    if _is_to_be_sent(place):
        return step("cert_check.passed_to_be_sent", {}, _commands(place))
    key = "cert_check.passed" if names else "cert_check.passed_without_system"
    return step(key, {"system": ", ".join(names)}, _commands(place))


def _is_to_be_sent(place: HandedIn) -> bool:
    """Return whether its public part goes to a system next: it came just now, or its holder made it."""
    from pkitools.trust import is_self_signed

    return bool(place.options.systems) and (place.arrived or is_self_signed(place.result.facts))


def _public(place: HandedIn) -> Words | None:
    """Return the command that writes the public part beside a file; ``None`` of what was read from a pipe."""
    file, options = place.file, place.options
    if file == STANDARD_INPUT:
        return None
    from pkitools_cli.commands.public_part import public_words  # few are to be sent to anybody

    written = public_words(file, _only_system(options), options.environment)
    return (*written, *place.opened, *place.which)


def _complete(place: HandedIn) -> Words:
    """Return the command that completes the chain of a file, and knows what it is for."""
    from pkitools_cli.commands.public_part import meant_words  # most bring their chain

    meant = (*place.which, *meant_words(_only_system(place.options), place.options.environment))
    return (
        "chain",
        "complete",
        place.file,
        *place.opened,
        *carried(only=_TRUST),
        *meant,
        "--out",
        chain_place(place.file, *place.which),
    )


def chain_step(place: HandedIn) -> NextStep | None:
    """Return how the chain of a file is made complete whose issuers are known here.

    ``None`` where its path was not proved, of what was read from a pipe, and where it is told as what to do next.
    """
    following = next_step_of(place)
    is_told = following is not None and "chain complete" in " ".join(following.told())
    if place.report.verdict is Verdict.FAILED or place.file == STANDARD_INPUT or is_told:
        return None
    return step("cert_check.chain", {}, {"complete": partial(_complete, place)})


def _only_system(options: Meant) -> str | None:
    return options.systems[0] if len(options.systems) == 1 else None


def _commands(place: HandedIn) -> Commands:
    file, systems = place.file, _systems_meant(place)
    return {
        "create": partial(_create, place),
        "renew": partial(_renew, place),
        "online": lambda: again([file], without=_OF_PAGES | {"offline"}),
        "crl": lambda: again([file], "--crl", blank("file"), without=_OF_PAGES),
        "complete": partial(_complete, place),
        "chain": lambda: again([file], "--chain", blank("file"), without=_OF_PAGES),
        "trust": lambda: again([file], "--trust", blank("file"), without=_OF_PAGES),
        "trust_folder": lambda: again([file], "--trust", blank("folder"), without=_OF_PAGES),
        "show": lambda: ("cert", "show", file),
        "public": partial(_public, place),
        "system_show": lambda: ("systems", "show", systems[0]) if systems else ("systems", "list"),
        "systems": lambda: ("systems", "list"),
    }


def _systems_meant(place: HandedIn) -> list[str]:
    """Return the systems asked for, the one first that the step is about."""
    outcome = _decisive(place.report)
    about = None if outcome is None else outcome.params.get("system")
    return sorted(place.options.systems, key=lambda name: titles([name]) != [about])


def _create(place: HandedIn, *, self_signed: bool = False) -> Words | None:
    """Return the command that makes the request of the next certificate, or that certificate itself, like this one.

    ``None`` of one that is somebody else's: what is in it is not what to ask for.
    """
    if _is_somebody_elses(place):
        return None
    return _create_like(place.result.facts, place.result.oin, place.options, self_signed=self_signed)


def _create_like(
    facts: CertificateFacts, oin: OIN | None, options: Meant, *, self_signed: bool = False
) -> Words | None:
    ask = partial(
        request_command,
        moment=options.moment,
        self_signed=self_signed,
        environment=options.environment,
        oin=options.oin or (str(oin) if oin else None),
        organization=options.organization or facts.subject.organization,
        common_name=facts.subject.common_name,
        dns=[name.value for name in facts.subject_alternative_name or () if name.kind == "dns"],
    )
    system = _only_system(options)
    # a system chooses the profile itself
    created = ask(profile=None if self_signed else options.profile, system=system)
    return created if created or self_signed else ask(profile=_profile(facts, options))


def _is_somebody_elses(place: HandedIn) -> bool:
    return any(found.rule.code in _SOMEBODY_ELSES for found in place.report.findings)


def _renew(place: HandedIn) -> Words | None:
    """Return the command that renews this certificate; where its file does not say all, the one that makes the next."""
    if _is_somebody_elses(place):
        return None
    from pkitools_cli.commands.renewing import renewal_of_file  # of most nothing is renewed

    options = place.options
    return renewal_of_file(
        place.file,
        place.result.facts.sha256,
        system=_only_system(options),
        environment=options.environment,
        moment=options.moment,
        otherwise=partial(_create, place),
    )


@dataclass(frozen=True, slots=True)
class ForUse:
    """What a certificate of a scan is for.

    Args:
        systems, environment, moment: as it was judged.
        trust, profile, oin, organization, verbose: nothing was said of these.
    """

    systems: tuple[str, ...]
    environment: Environment
    moment: datetime
    trust: tuple[str, ...] = ()
    profile: str | None = None
    oin: str | None = None
    organization: str | None = None
    verbose: bool = False


def renewal_of_held(sha256: str, file: str, use: ForUse) -> Words | None:
    """Return the command that renews a certificate that was found, as ``cert check`` of its file tells it.

    Args:
        sha256: its thumbprint.
        file: where it lies.
        use: what it is for.
    """
    from pkitools_cli.commands.renewing import renewal_of_file  # as above

    return renewal_of_file(
        file,
        sha256,
        system=_only_system(use),
        environment=use.environment,
        moment=use.moment,
        otherwise=partial(_create_held, sha256, file, use),
    )


def _create_held(sha256: str, file: str, use: ForUse) -> Words | None:
    from pkitools.containers import read_source
    from pkitools.files import read_bytes
    from pkitools.x509 import oin_from_certificate

    try:
        ders = read_source(read_bytes(file), file).certificates
    except PkitoolsError:
        return None
    facts = next((each for each in map(read_certificate, ders) if each.sha256 == sha256), None)
    return None if facts is None else _create_like(facts, oin_from_certificate(facts).oin, use)


def _profile(facts: CertificateFacts, options: Meant) -> str | None:
    """Return the profile to order: that of this certificate, or one of the same use that the systems take."""
    from pkitools.profiles import get_profile, profiles
    from pkitools.rules import detect_profile

    detected = get_profile(options.profile) if options.profile else detect_profile(facts)
    taken = [_taken(system, options) for system in systems_named(options.systems)]
    if detected is None or all(_is_taken(detected, each) for each in taken):
        return None if detected is None else detected.name
    uses = set(detected.usage.extended_key_usage)
    fitting = [p for p in profiles() if uses <= set(p.usage.extended_key_usage) and p.serial_number == "oin"]
    return next((p.name for p in fitting if all(_is_taken(p, each) for each in taken)), None)


def _without_pkioverheid(options: Meant) -> list[str]:
    """Return the systems asked for that refuse PKIoverheid and take nothing of it: nobody orders it for them."""
    return [
        system.name
        for system in systems_named(options.systems)
        if _said_of(system, options, Stance.NO) & {"pkioverheid", "*"} and not _said_of(system, options, Stance.YES)
    ]


def _taken(system: System, options: Meant) -> frozenset[str]:
    """Return the hierarchies, and groups of them, that a system says it takes."""
    return _said_of(system, options, Stance.YES)


def _said_of(system: System, options: Meant, answer: Stance) -> frozenset[str]:
    said = system.statements_at(options.environment, options.moment, Topic.HIERARCHY)
    return frozenset(value for each in said if each.answer is answer for value in each.values)


def _is_taken(profile: Profile, taken: frozenset[str]) -> bool:
    return not taken or bool(taken & {profile.root, f"trial-{profile.root}", "trial", "pkioverheid", "*"})


def systems_and_environment(options: Meant) -> str:
    """Return for what was judged, as people call it: ``DigiD Machtigen, preproductie``."""
    return ", ".join([*titles(options.systems), tr(f"cli.cert_check.environment.{options.environment}")])
