"""An old certificate against the new one: what changed, what is wrong with that, and who must be told what."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pkitools.arguments import aware, each_of, one_of, optional_choice
from pkitools.environment import Environment
from pkitools.exports import form_sheet
from pkitools.findings import Outcome, Report
from pkitools.frozen import dataclass, field
from pkitools.messages import LANGUAGES, Language
from pkitools.messages.days import day_and_time
from pkitools.renewal.changes import Change, Part, changes_between
from pkitools.renewal.parties import Counterpart, counterparts
from pkitools.renewal.rules import check_renewal
from pkitools.systems import Statement, System, get_system
from pkitools.systems.reuse import Use, check_reuse
from pkitools.text import visible
from pkitools.trust import hierarchy_of
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, one_der


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who must be told of this renewal.

    Args:
        counterpart: who.
        system: of which system; ``None`` where it is of no system.
        statements: what that system says of its own that belongs here.
        values: what is filled into its texts, by language.
    """

    counterpart: Counterpart
    system: System | None
    statements: tuple[Statement, ...]
    values: Mapping[str, Mapping[str, str]] = field(repr=False)

    def title(self, language: Language) -> str:
        """Return who it is."""
        return self._text("title", language)

    def why(self, language: Language) -> str:
        """Return why they must know, and what they do."""
        return self._text("why", language)

    def letter(self, language: Language) -> str | None:
        """Return what to send, ready but for what stands in square brackets; ``None`` where nobody is written to.

        It has line breaks; everything of the certificates in it is made visible.
        """
        about, _, rest = self._text("letter", language).partition("\n")
        return "\n".join((about, *(row for line in rest.splitlines() for row in _broken(line)))) if rest else None

    def _text(self, part: str, language: Language) -> str:
        language = one_of(LANGUAGES, language, "language")
        values = self.values[language]
        return re.sub(r"<<(\w+)>>", lambda found: values[found[1]], self.counterpart.texts[language][part])


_WIDTH: Final = 76  # of a line of mail that is quoted a few times


def _broken(paragraph: str) -> list[str]:
    """Return a paragraph as lines; what is indented or a thumbprint stays whole, to be copied."""
    if paragraph.startswith(" "):
        return [paragraph]
    return textwrap.wrap(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


@dataclass(frozen=True, slots=True)
class RenewalDifference:
    """Two certificates, of which the one is to replace the other.

    Args:
        old, new: they.
        changes: every part of both.
        environment: the one they are for, as given or as the hierarchy of the old one says; production where nothing
            says so, because most is asked there.
        report: what is wrong, of the certificates beside each other and for the systems that were asked about.
        notices: who must be told, in order.
    """

    old: CertificateFacts
    new: CertificateFacts
    changes: tuple[Change, ...]
    environment: Environment
    report: Report
    notices: tuple[Notice, ...]

    @property
    def differing(self) -> frozenset[Part]:
        """The parts that differ."""
        return frozenset(change.part for change in self.changes if change.differs)


def compare_certificates(
    old: CertificateFacts | Given,
    new: CertificateFacts | Given,
    *,
    moment: datetime,
    systems: Iterable[System | str] = (),
    environment: Environment | str | None = None,
) -> RenewalDifference:
    """Return what changes when one certificate replaces another, and who must be told.

    Nothing is verified: whether the new certificate is good, trusted and right for a system is for a check to say.

    Args:
        old, new: the certificates.
        moment: when, aware UTC.
        systems: the systems it is used for, as data or by name; without one the counterparts of every system are told.
        environment: where it is used; without it the environment of the hierarchy that the old one says to stand under.

    Raises:
        InvalidValueError: the moment is not aware, or there is no such system.
    """
    aware(moment)
    before, after = _read(old, "old"), _read(new, "new")
    where = optional_choice(Environment, environment, "environment") or _environment(before)
    given = each_of(systems, (str, System), "systems")
    asked = tuple(get_system(each) if isinstance(each, str) else each for each in given)
    changes = changes_between(before, after)
    case = _Case(before, after, changes, asked, where, moment)
    report = Report(after.subject.common_name or after.sha256, tuple(_outcomes(case)), moment, where)
    notices = () if before.sha256 == after.sha256 else tuple(_notices(case))
    return RenewalDifference(before, after, changes, where, report, notices)


@dataclass(frozen=True, slots=True)
class _Case:
    old: CertificateFacts
    new: CertificateFacts
    changes: tuple[Change, ...]
    asked: tuple[System, ...]
    environment: Environment
    moment: datetime

    @property
    def differing(self) -> frozenset[Part]:
        return frozenset(change.part for change in self.changes if change.differs)


def _outcomes(case: _Case) -> Iterator[Outcome]:
    """Yield what the rules of renewals say, then what the systems say of old and new beside each other."""
    yield from check_renewal(case.old, case.new)
    if case.old.sha256 == case.new.sha256:
        return
    uses = [Use(facts, system, case.environment) for system in case.asked for facts in (case.old, case.new)]
    yield from (outcome for outcome in check_reuse(uses, moment=case.moment) if outcome.rule.applies_to)


def _read(given: CertificateFacts | Given, parameter: str) -> CertificateFacts:
    return given if isinstance(given, CertificateFacts) else read_certificate(one_der(given, CERTIFICATE, parameter))


def _environment(facts: CertificateFacts) -> Environment:
    kind = hierarchy_of(facts).kind
    if kind is not None:
        return kind.environment
    return Environment.PREPRODUCTION if facts.is_self_issued else Environment.PRODUCTION


def _notices(case: _Case) -> Iterator[Notice]:
    values = {language: _values(case, language) for language in LANGUAGES}
    for counterpart in counterparts():
        if not counterpart.concerns(case.differing):
            continue
        for system in _systems_of(counterpart, case.asked):
            said = () if system is None else tuple(_statements(counterpart, system, case))
            filled: dict[str, dict[str, str]] = {
                language: {**values[language], **_of_system(system)} for language in LANGUAGES
            }
            yield Notice(counterpart, system, said, filled)


def _systems_of(counterpart: Counterpart, asked: Sequence[System]) -> Iterator[System | None]:
    """Yield the systems for which a counterpart has to be told; ``None`` once for one that is of no system."""
    if not counterpart.systems:
        yield None
    elif counterpart.is_of_any_system:
        own = {name for each in counterparts() for name in each.systems}
        yield from (system for system in asked if system.name not in own)
    elif asked:
        yield from (system for system in asked if system.name in counterpart.systems)
    else:
        yield get_system(counterpart.systems[0])


def _statements(counterpart: Counterpart, system: System, case: _Case) -> Iterator[Statement]:
    for topic in counterpart.says:
        yield from system.statements_at(case.environment, case.moment, topic)


def _of_system(system: System | None) -> dict[str, str]:
    return {} if system is None else {"system": visible(system.title), "owner": visible(system.owner)}


def _values(case: _Case, language: Language) -> dict[str, str]:
    """Return what is filled into the texts; of a certificate only what was made visible."""
    old, new = case.old, case.new
    before, after = form_sheet(old), form_sheet(new)
    gap = "[…]"  # as the sender fills in
    policies = next(change for change in case.changes if change.part is Part.POLICIES)
    return {
        "organization": visible(after.organization or before.organization or gap),
        "oin": visible(after.oin or before.oin or gap),
        "name": visible(after.common_name or gap),
        "old": _block(old, language),
        "new": _block(new, language),
        "old_end": day_and_time(old.not_after, language),
        "old_sha1": before.sha1,
        "old_key": old.public_key.spki_sha256,
        "new_key": new.public_key.spki_sha256,
        "new_policies": "\n".join(oid for oid in policies.new if oid not in policies.old) or gap,
    }


def _block(facts: CertificateFacts, language: Language) -> str:
    """Return the particulars of a certificate as connection forms ask them, a label and below it the value."""
    return "\n".join(f"  {label}\n    {value}" for label, value in form_sheet(facts).rows(language))
