"""Requests handed in without a certificate: what ``csr check`` says of them, for the system and environment named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pkitools.checking.beside import Companion, companions
from pkitools.checking.chain import together
from pkitools.containers import Contents, ItemKind
from pkitools.errors import PkitoolsError, SecretError, about_file
from pkitools.findings import Report, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import error_sentence
from pkitools.ordering import NoChoiceError, choice_of
from pkitools.ordering.orders import FOR
from pkitools.reports.pages.findings import TONES, Findings, findings_of
from pkitools.reports.text import answer_rows
from pkitools.text import visible
from pkitools.x509 import oin_from_subject
from pkitools_cli.commands.csr.judging import AskedOfRequests, RequestsTogether
from pkitools_cli.commands.csr.ordering import known
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.options import OINText
from pkitools_cli.page.exchange import Screen
from pkitools_cli.page.forms import Form
from pkitools_cli.page.site import Site, environments
from pkitools_cli.page.views.keys import locked

if TYPE_CHECKING:
    from pkitools.environment import Environment
    from pkitools.ordering import Choice
    from pkitools.requests import RequestFacts

Inputs = Mapping[str, Contents | PkitoolsError]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRequest:
    """One request, for a template.

    Args:
        file: where it is.
        tone, verdict: how it came off, and the word for it.
        but: what is to be known beside PASSED, in a few words; empty where there is nothing.
        why, step: what decides, and what to do about it; empty where nothing does.
        own: which of the keys beside it is its own, a sentence each.
        facts: label and value pairs.
        strange: sentences about what it has that is not what was expected.
        findings: the rest.
        is_good: it can be sent.
    """

    file: str
    tone: str
    verdict: str
    but: str
    why: str
    step: str
    own: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    strange: tuple[str, ...]
    findings: Findings
    is_good: bool


def are_requests(inputs: Inputs) -> bool:
    """Return whether there are requests among files, and no certificate that they could be held against."""
    read = [each for each in inputs.values() if isinstance(each, Contents)]
    kinds = (ItemKind.REQUEST, ItemKind.CERTIFICATE)
    return [any(each.of_kind(kind) for each in read) for kind in kinds] == [True, False]


def judge(site: Site, form: Form, inputs: Inputs, environment: Environment) -> Screen:
    """Judge requests as what the system that was chosen asks in the environment; without one as any request.

    Raises:
        UsageError: what should be in them is no OIN.
    """
    choice, told = _chosen(site, form, environment)
    profile = None if choice is None else choice.profile
    asked = AskedOfRequests(profile=profile, environment=environment)
    passphrase = form.secret("passphrase").encode() or None
    together = RequestsTogether(asked, inputs, passphrase, list(inputs))
    keys = _Keys.of(inputs, passphrase)
    shown: list[ShownRequest] = []
    unread: list[str] = []
    for name, source in inputs.items():
        if isinstance(source, Contents) and not source.of_kind(ItemKind.REQUEST):
            unread += [] if name in together.compared else [_not_used(name, keys)]
            continue
        try:
            with about_file(name):
                shown += [_shown(*each, form, keys) for each in together.judge(name)]
        except PkitoolsError as error:
            unread.append(_named(name, error))
        if isinstance(source, Contents):
            unread += [_named(name, each.error) for each in source.problems]
            unread += [_named(name, keys.locked[name])] if name in keys.locked else []
    named = dict(environments())[str(environment)]
    values = {
        "shown": shown,
        "unread": unread,
        "told": told,
        "profile": "" if profile is None else profile.name,
        "system": "" if choice is None else choice.system.title,
        "environment": named,
        "compared": [tr("cli.inputs.compared_request", file=name) for name in inputs if name in together.compared],
    }
    return Screen("handed_in_requests.html", values)


@dataclass(frozen=True, slots=True)
class _Keys:
    """The private keys among the files.

    Args:
        opened: those of which the public half is known.
        locked: by file, why one in it was compared with nothing.
    """

    opened: tuple[Companion, ...]
    locked: Mapping[str, SecretError]

    @classmethod
    def of(cls, inputs: Inputs, passphrase: bytes | None) -> _Keys:
        readable = {name: each for name, each in inputs.items() if isinstance(each, Contents)}
        found = tuple(companions(readable, together(readable, passphrase).keys))
        told = ((name, locked(name, each, found, passphrase)) for name, each in readable.items())
        return cls(
            tuple(each for each in found if each.kind is ItemKind.KEY),
            {name: error for name, error in told if error is not None},
        )


def _not_used(name: str, keys: _Keys) -> str:
    error = keys.locked.get(name)
    return tr("cli.page.csr.not_used", file=name) if error is None else _named(name, error)


def _named(name: str, error: PkitoolsError) -> str:
    """Return what could not be read, always with the name of its file."""
    sentence = error_sentence(error, language())
    named = visible(name)
    return sentence if named in sentence else tr("cli.inputs.failed", file=named, why=sentence)


def _chosen(site: Site, form: Form, environment: Environment) -> tuple[Choice | None, tuple[str, ...]]:
    """Return what is chosen for the system, and why nothing is where nothing can be."""
    system = form.value("system")
    if not system:
        return None, ()
    wishes = {FOR: system, "environment": str(environment)}
    try:
        return choice_of(wishes, moment=site.given.clock(), knowledge=known()), ()
    except NoChoiceError as error:
        said = (f"{each.text[language()]} ({each.source.text(language())})" for each in error.statements)
        return None, (error_sentence(error, language()), *said)


def _shown(file: str, facts: RequestFacts, report: Report, form: Form, keys: _Keys) -> ShownRequest:
    strange = tuple(_strange(facts, form))
    verdict = Verdict.FAILED if strange else report.verdict
    own = tuple(tr("cli.page.csr.own_key", file=each.file) for each in keys.opened if each.fits(facts.public_key))
    # the key that stayed closed may be its own, and who orders a certificate without its key has nothing
    is_open = bool(keys.locked) and not own and verdict is Verdict.PASSED
    rows = dict(answer_rows(report, language()))
    unlock = [_named(name, error) for name, error in keys.locked.items()] if is_open else []
    return ShownRequest(
        file=file,
        tone=TONES[Verdict.INDETERMINATE if is_open else verdict],
        verdict=report_word("verdict", verdict),
        but=tr("cli.page.csr.not_compared") if is_open else "",
        why=rows.get("why", ""),
        step=rows.get("now", "") or " ".join(unlock),
        own=own,
        facts=tuple(_facts(facts)),
        strange=strange,
        findings=findings_of(report, language()),
        is_good=verdict is Verdict.PASSED,
    )


def _facts(facts: RequestFacts) -> Iterator[tuple[str, str]]:
    yield tr("cli.csr.check.row.subject"), facts.subject.text
    if facts.dns_names:
        yield tr("cli.csr.check.row.names"), ", ".join(facts.dns_names)
    made = {"label": facts.public_key.label, "signature": facts.signature_algorithm.name}
    yield tr("cli.csr.check.row.key"), tr("cli.csr.check.made", **made)


def _strange(facts: RequestFacts, form: Form) -> Iterator[str]:
    """Yield what a request has other than it should, where that was said."""
    given, name = form.value("oin"), form.value("organization")
    if given:
        wanted = OINText().convert(given, None, None)
        found = oin_from_subject(facts.subject, facts.subject_alternative_name or ()).oin
        if str(found or "") != str(wanted):
            yield tr("cli.page.csr.other_oin", found=found or "–", wanted=wanted)
    if name and (facts.subject.organization or "").casefold() != name.casefold():
        yield tr("cli.page.csr.other_organization", found=facts.subject.organization or "–", wanted=name)
