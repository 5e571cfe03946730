"""Text for people: the answer before its details; names and moments as people say them, and whole in the document."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from pkitools.checking import check
from pkitools.findings import Outcome, Report, Rule, Severity, Source, Status, Verdict
from pkitools.messages import LANGUAGES, Language, template
from pkitools.reports import outcome_message, report_document, report_text
from pkitools.reports.telling.answer import answer_of
from pkitools.reports.telling.readable import readable
from pkitools.reports.text import finding_lines, in_a_word, in_short, unchecked_lines, why, word_of
from pkitools.text import NameText
from pkitools_test_pki.defects.registry import defects
from tests.support.broken import broken, judged
from tests.support.cases import in_one_test

MOMENT = datetime(2026, 11, 26, 12, tzinfo=UTC)
SOURCE = Source("pkitools")
NAME = NameText("C=NL, O=X, CN=a.voorbeeld.nl", "a.voorbeeld.nl")


def rule(code: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(code, severity, SOURCE)


@pytest.fixture(scope="module", params=[d.name for d in defects()][::12])
def report(request: pytest.FixtureRequest) -> Report:
    """Some of the broken certificates, each in a report of its own."""
    return judged(request.param, MOMENT).report


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_stands_before_the_findings(report: Report, language: Language) -> None:
    lines = report_text(report, language).split("\n")
    assert lines[0].startswith(word_of("verdict", report.verdict, language))
    severities = tuple(f"  {word_of('severity', each.name, language)}: " for each in Severity)
    first = next((n for n, line in enumerate(lines) if line.startswith(severities)), len(lines))
    assert first <= 4
    labels = [line.split()[0] for line in lines[1:first]]
    assert labels == [label for label in ("Waarom", "Why", "Nu", "Now", "Ook", "Also") if label in labels]
    assert (report.verdict is Verdict.PASSED) is not bool({"Waarom", "Why"} & set(labels))
    told = [line for line in lines[first:] if line.startswith(severities)]
    assert len(told) == len({(o.rule.severity, o.rule.code) for o in report.findings})


@pytest.mark.slow
def test_what_is_shortened_in_text_is_whole_in_the_document(report: Report) -> None:
    names = {v for o in report.findings for v in o.params.values() if isinstance(v, NameText) and v.short != v}
    text = report_text(report, "nl")
    assert not [name for name in names if name in text]
    assert all(name in str(report_document(report)) for name in names)


def test_a_path_that_leads_nowhere_is_told_by_common_names() -> None:
    found = broken("expired", MOMENT)
    result = check(found.certificate.der, moment=found.moment, environment="preproduction")
    full = result.facts.subject.text
    assert full.short == result.facts.subject.common_name
    assert full in str(report_document(result.report))
    assert full not in report_text(result.report, "en")


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_path_that_is_only_out_of_date_is_not_said_that_it_reaches_no_trusted_root(
    language: Language, full: bool
) -> None:
    """What kept rules from being looked at is the moment there, and nothing else; of any other path it is the path."""
    out_of_date = ["expired", "not-yet-valid", "issuer-expired", "issuer-not-yet-valid"]
    reports = {name: judged(name, MOMENT).report for name in (*out_of_date, "unknown-root", "look-alike-root")}
    alone = broken("expired", MOMENT)
    reports["expired, without its chain"] = check(
        alone.certificate.der, moment=alone.moment, environment="preproduction"
    ).report
    part = "message" if full else "title"
    for name, report in reports.items():
        told = " ".join(line.whole for line in unchecked_lines(report, language, full=full)).casefold()
        said = [
            reason
            for reason in ("no_path", "path_out_of_date")
            if template(f"report.reason.{reason}", language)[part].casefold() in told
        ]
        assert said == ["path_out_of_date" if name in out_of_date else "no_path"], (name, told)


def test_a_name_keeps_its_short_form_when_it_travels() -> None:
    outcome = Outcome(rule("path.anchor.found"), Status.VIOLATED, params={"name": NAME, "issuer": NAME})
    kept = pickle.loads(pickle.dumps(outcome)).params["name"]
    assert (kept, kept.short) == (NAME, NAME.short)
    assert str(NAME) == "C=NL, O=X, CN=a.voorbeeld.nl"
    assert NameText("O=Y").short == "O=Y"
    assert str(NAME) in outcome_message(outcome, "en").message


@in_one_test
@pytest.mark.parametrize(
    ("given", "nl", "en"),
    [
        ("2027-05-14T23:59:59Z", "14 mei 2027", "14 May 2027"),
        ("2027-05-14 23:59:59 UTC", "14 mei 2027", "14 May 2027"),
        ("2028-11-13", "13 november 2028", "13 November 2028"),
        ("2026-11-26T08:30:15.25Z", "26 november 2026 om 08:30 UTC", "26 November 2026 at 08:30 UTC"),
        ("0026-03-01", "1 maart 26", "1 March 26"),
        ("2027-02-30", "2027-02-30", "2027-02-30"),
        ("on 2027-05-14", "on 2027-05-14", "on 2027-05-14"),
        (NAME, "a.voorbeeld.nl", "a.voorbeeld.nl"),
    ],
)
def test_operands_as_people_read_them(given: str, nl: str, en: str) -> None:
    assert readable({"x": given}, "nl", MOMENT) == {"x": nl}
    assert readable({"x": given}, "en", MOMENT) == {"x": en}


def test_codes_are_words_where_a_code_is_meant() -> None:
    assert readable({"reason": "keyCompromise", "code": "offline"}, "nl") == {
        "reason": "sleutel gecompromitteerd",
        "code": "het netwerk staat uit",
    }
    assert readable({"value": "offline", "code": "503"}, "nl") == {"value": "offline", "code": "503"}


def test_what_is_about_an_authority_is_not_said_of_the_certificate() -> None:
    from pkitools.findings import CertificateRef

    params = {"name": NameText("CN=CA", "CA"), "not_after": "2026-01-01T00:00:00Z"}
    of_leaf, of_ca = (
        Outcome(rule("path.validity.expired"), Status.VIOLATED, CertificateRef("0" * 64, role), params=params)
        for role in ("end_entity", "intermediate")
    )
    assert why(of_leaf, "nl") == "Verlopen op 1 januari 2026."
    assert why(of_ca, "nl") == "Een certificaat is verlopen. CA was geldig tot en met 1 januari 2026."
    assert (in_a_word(of_leaf, "nl"), in_short(of_leaf, "nl")) == ("verlopen", "verlopen op 1 januari 2026")
    assert in_a_word(of_ca, "nl") == "een certificaat is verlopen"


def test_a_rule_that_brings_its_own_sentences_is_told_by_them() -> None:
    own = {
        tongue: {"title": f"Own {tongue}", "message": "{value} is ours.", "remedy": "Ask us."} for tongue in LANGUAGES
    }
    ours = Rule("own.x", Severity.ERROR, SOURCE, texts=own)
    lines = report_text(Report("x", (Outcome(ours, Status.VIOLATED, params={"value": "2027-05-14"}),)), "nl").split(
        "\n"
    )
    assert lines[1:3] == ["  Waarom  Own nl. 14 mei 2027 is ours.", "  Nu      Ask us."]
    assert "  FOUT: Own nl  [own.x]" in lines
    unknown = Outcome(ours, Status.NOT_CHECKED, reason="offline")
    assert "het netwerk staat uit" in report_text(Report("x", (unknown,)), "nl")


def test_the_answer_of_each_verdict() -> None:
    bad, missed = rule("received.key.match"), rule("revocation.status.unknown")
    warned = rule("advice.validity.order_now", Severity.WARNING)
    noted = rule("system.entity_id.given", Severity.NOTICE)
    found = [Outcome(noted, Status.VIOLATED), Outcome(warned, Status.VIOLATED), Outcome(warned, Status.VIOLATED)]
    open_question = Outcome(missed, Status.NOT_CHECKED, reason="not_obtained")
    fine = Outcome(rule("path.validity.expired"), Status.MET)
    failed = answer_of(Report("x", (*found, open_question, Outcome(bad, Status.VIOLATED))))
    assert failed.because is failed.step is not None
    assert failed.because.rule is bad
    assert list(failed.others.items()) == [(Severity.WARNING, 1), (Severity.NOTICE, 1)], "a rule counts once"
    unclear = answer_of(Report("x", (*found, open_question, fine)))
    assert unclear.because is open_question
    passed = answer_of(Report("x", (*found, fine)))
    assert passed.because is None
    assert passed.step is found[1], "the gravest that asks something"
    assert answer_of(Report("x", (found[0], fine))).step is None
    nothing = answer_of(Report("x"))
    assert (nothing.verdict, nothing.because) == (Verdict.INDETERMINATE, None)


def test_findings_below_the_asked_weight_have_one_line() -> None:
    outcomes = [Outcome(rule(f"x.{s.name}", s), Status.VIOLATED) for s in Severity]
    told = Report("x", tuple(outcomes))
    heads = [line for line in finding_lines(told, "en", full=Severity.ERROR) if line.tone is not None]
    assert [line.tone for line in heads] == sorted(Severity, reverse=True)
    assert [bool(line.aside) for line in heads] == [False, True, True, True]
    assert len(list(finding_lines(told, "en", full=Severity.ERROR))) == len(heads) + 1  # the source of the error
    assert not list(unchecked_lines(told, "en", full=False))
