"""What ``--fail-on warning`` goes by is told of every certificate that is good, and in what to do first."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from pkitools.checking.file_check import RULES as OF_FILES
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import Certainty, Outcome, Rule, Severity, Status, Verdict
from pkitools.portfolio import HeldCertificate, Portfolio
from pkitools.portfolio.judgements import EnvironmentBasis, Judgement
from pkitools.portfolio.model import Place
from pkitools.portfolio.reading import held_certificate
from pkitools.portfolio.risk import Risks
from pkitools.reports import Telling
from pkitools.reports.portfolio.telling import claims_told, said_of
from pkitools_cli.commands.scan.text import first_step, scan_told
from pkitools_cli.i18n import tr
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.chains import MOMENT

CODES = [one.code for one in OF_FILES] + ["advice.names.wildcard", "system.hierarchy.unconfirmed"]


@cache
def one() -> HeldCertificate:
    return held_certificate(made("g1-server"), (Place("a.pem"),), (judgement(),))


def judgement(*rules: Rule) -> Judgement:
    told = tuple(Outcome(rule, Status.VIOLATED, None, (), {}) for rule in rules)
    return Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, Verdict.PASSED, told)


def rule(code: str, severity: Severity) -> Rule:
    return Rule(code, severity, cite("pkitools"), Certainty.ADVICE)


@in_one_test
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("beside", [None, "file.metadata.certificates"])
def test_every_warning_is_told_and_is_something_to_do(code: str, beside: str | None, *, is_last: bool) -> None:
    """Whichever of its uses it is of, and whatever lighter is told beside it."""
    warned = judgement(rule(code, Severity.WARNING))
    other = judgement(*(() if beside is None else (rule(beside, Severity.INFO),)))
    certificate = replace(one(), judgements=(other, warned) if is_last else (warned, other))
    portfolio = Portfolio(MOMENT, ("a.pem",), certificates=(certificate,), revocation_asked=True)
    assert portfolio.worst is Severity.WARNING, "what --fail-on goes by"
    assert first_step(portfolio, Risks()).sentence == tr("cli.scan.now.warned", place="a.pem")
    said = said_of(certificate, portfolio, Telling("en"))
    title = said.partition(".")[0]
    assert title, said
    assert title in " ".join(" ".join(map(str, scan_told(portfolio, None, Risks(), []))).split())


@pytest.mark.parametrize("severity", [None, Severity.INFO, Severity.NOTICE])
def test_nothing_has_to_be_done_of_what_is_lighter(severity: Severity | None) -> None:
    rules = () if severity is None else (rule("advice.names.wildcard", severity),)
    certificate = replace(one(), judgements=(judgement(*rules),))
    portfolio = Portfolio(MOMENT, ("a.pem",), certificates=(certificate,), revocation_asked=True)
    assert first_step(portfolio, Risks()).sentence == tr("cli.scan.now.passed")


@in_one_test
@pytest.mark.parametrize("count", [1, 3, 4, 140])
@pytest.mark.parametrize("length", [1, 45, 500])
def test_what_is_left_out_of_connections_is_counted_as_connections(count: int, length: int) -> None:
    names = tuple(f"{number} ".ljust(length, "x") for number in range(count))
    portfolio = Portfolio(MOMENT, ("a.pem",), connections=names)
    (told,) = claims_told(portfolio, Telling("en"))
    assert (f"(+{count - 3})." in told) is (count > 3), told
