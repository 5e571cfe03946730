"""What a scan tells without ``--verbose``: each kind once, and of what is not told how many there are."""

from __future__ import annotations

import pickle
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations
from typing import Final

import pytest

from pkitools.checking.file_check import RULES as OF_FILES
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import Certainty, Evidence, Outcome, Rule, Severity, Status, Verdict
from pkitools.messages import message
from pkitools.portfolio import Changes, HeldCertificate, Portfolio
from pkitools.portfolio.comparing import EarlierCertificate
from pkitools.portfolio.judgements import EnvironmentBasis, Judgement
from pkitools.portfolio.model import Gap, Place, Unread
from pkitools.portfolio.reading import held_certificate
from pkitools.portfolio.risk import Risk, Risks
from pkitools.reports.portfolio.across import severity_word
from pkitools.reports.portfolio.telling import changes_told, deciding_files
from pkitools_cli.commands.scan.text import scan_told
from tests.support.certificates import made
from tests.support.chains import MOMENT

CODES: Final = [one.code for one in OF_FILES]
Kind = tuple[str | None, Verdict, int]
_BAD: Final[list[list[Kind]]] = [
    [(None, Verdict.PASSED, 1)],
    [(None, Verdict.PASSED, 3), (CODES[0], Verdict.PASSED, 4)],
    [(None, Verdict.PASSED, 4), (CODES[0], Verdict.FAILED, 1)],
    [(CODES[0], Verdict.FAILED, 2), (CODES[0], Verdict.PASSED, 40), (CODES[1], Verdict.INDETERMINATE, 5)],
    [*((code, Verdict.FAILED, number % 7 + 1) for number, code in enumerate(CODES)), (None, Verdict.PASSED, 60)],
]
_COUNTED: Final = (
    (re.compile(r"(wrong|not sure|good) +\d+ \w+ \d{4} .*"), lambda _: 1),
    (re.compile(r"good +(\d+) certificates .*"), lambda found: int(found[1])),
    (re.compile(r" +The same of (?:(one)|(\d+)) more:"), lambda found: int(found[2] or 1)),
    (re.compile(r" +- (\d+) times[:,] .*"), lambda found: int(found[1])),
    (re.compile(r" +- (?!\d+ times)\S.*"), lambda _: 1),
    (re.compile(r" +and (?:one other kind|\d+ other kinds), of (\d+) certificates: --verbose"), lambda f: int(f[1])),
)


@cache
def _held() -> HeldCertificate:
    judged = Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, Verdict.PASSED)
    held = held_certificate(made("g1-server"), (Place("a.pem"),), (judged,))
    return replace(held, not_after=MOMENT + timedelta(days=900))


def _outcome(code: str, severity: Severity, *evidence: Evidence) -> Outcome:
    return Outcome(Rule(code, severity, cite("pkitools"), Certainty.ADVICE), Status.VIOLATED, None, evidence, {})


def _certificate(number: int, code: str | None, verdict: Verdict) -> HeldCertificate:
    severity = Severity.ERROR if verdict is Verdict.FAILED else Severity.WARNING
    told = () if code is None else (_outcome(code, severity),)
    judged = Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, verdict, told)
    return replace(_held(), sha256=f"{number:064x}", places=(Place(f"{number}.pem"),), judgements=(judged,))


def _portfolio(kinds: Sequence[Kind]) -> Portfolio:
    every = [(code, verdict) for code, verdict, count in kinds for _ in range(count)]
    found = (_certificate(number, *each) for number, each in enumerate(every))
    ordered = sorted(found, key=lambda one: list(Verdict).index(one.verdict or Verdict.PASSED))
    return Portfolio(MOMENT, ("a",), certificates=tuple(ordered), revocation_asked=True)


def _rows(portfolio: Portfolio, *, verbose: bool = False, risks: Risks = Risks()) -> list[str]:  # noqa: B008  # a value
    told = scan_told(portfolio, None, risks, (), verbose=verbose)
    return [row if isinstance(row, str) else row.text for row in told]


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize("kinds", _BAD, ids=range(len(_BAD)))
def test_every_certificate_is_counted(kinds: list[Kind]) -> None:
    rows = _rows(_portfolio(kinds))
    table = rows[rows.index("") + 2 :]
    table = table[: table.index("")]
    assert _counted(table) == sum(count for _, _, count in kinds), "\n".join(table)


def _counted(table: Sequence[str]) -> int:
    """How many certificates rows tell of: what is told below the count of what is alike was counted there."""
    total, is_counted = 0, False
    for row in table:
        more = re.fullmatch(r" +and (\d+) more: --verbose", row)
        total += int(more[1]) if more and not is_counted else 0
        for way, count in _COUNTED:
            if found := way.fullmatch(row):
                total, is_counted = total + count(found), "The same" in row
    return total


_OWN: Final = ("advice.names.invisible_characters", "advice.names.internal", "advice.names.blank")
_OF_ALL: Final = ("revocation.status.unconfirmed",)


@pytest.mark.parametrize("codes", [*permutations((*_OWN[:2], *_OF_ALL)), _OWN[:1], _OF_ALL, (*_OF_ALL, _OWN[0])])
@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.FAILED])
def test_what_is_its_own_comes_first_and_verbose_leaves_no_warning_out(
    codes: tuple[str, ...], verdict: Verdict
) -> None:
    wrong = [_outcome(CODES[0], Severity.ERROR)] if verdict is Verdict.FAILED else []
    told = (*(_outcome(code, Severity.WARNING) for code in codes), _outcome(_OWN[2], Severity.NOTICE), *wrong)
    judged = Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, verdict, told, has_path=True)
    one = replace(_held(), judgements=(judged,))
    portfolio = Portfolio(MOMENT, ("a",), certificates=(one,), revocation_asked=True)
    titles = {code: message(code, {}, "en").title for code in (*codes, _OWN[2], CODES[0])}
    own = [code for code in codes if code in _OWN]
    first = [CODES[0]] if wrong else own or [*codes]
    short, whole = (" ".join(_rows(portfolio, verbose=verbose)) for verbose in (False, True))
    table, verbose = (each.partition("Each was judged")[0] for each in (short, whole))
    told_short = [code for code, title in titles.items() if f"{title}." in table]
    assert len(told_short) == 1
    assert told_short[0] in first
    assert all(verbose.count(f"{titles[code]}.") == 1 for code in (*codes, *(one.rule.code for one in wrong)))
    assert titles[_OWN[2]] not in verbose, "a notice is in the reports"


@pytest.mark.parametrize("count", [20, 300])
def test_more_of_a_kind_take_no_more_rows(count: int) -> None:
    kinds: list[Kind] = [(CODES[0], Verdict.FAILED, count), (CODES[1], Verdict.PASSED, count)]
    assert len(_rows(_portfolio(kinds))) < 40
    assert len(_rows(_portfolio(kinds), verbose=True)) > 4 * count


def test_every_kind_of_risk_is_told_and_the_others_are_counted() -> None:
    risks = [
        Risk(_outcome(code, Severity.WARNING), places=(f"{code}-{n}.pem",)) for code in CODES[:4] for n in range(9)
    ]
    rows = _rows(_portfolio([(None, Verdict.PASSED, 1)]), risks=Risks(tuple(risks)))
    word = severity_word(Severity.WARNING, "en")
    assert sum(row.strip().startswith(word) for row in rows) == 4
    assert sum(row.strip() == "8 more are so:" for row in rows) == 4
    assert sum(row.strip() == "and 5 more: --verbose" for row in rows) == 4


def test_what_was_not_looked_at_is_counted() -> None:
    unread = tuple(Unread(f"{n}.pem", Gap.UNREADABLE, "files.error.missing", {"name": f"{n}.pem"}) for n in range(12))
    rows = _rows(replace(_portfolio([(None, Verdict.PASSED, 1)]), unread=unread))
    assert "    and 7 more: --verbose" in rows
    assert sum(row.startswith("  - ") for row in rows) == 5


def test_one_sentence_of_many_changes_is_told_once_and_no_kind_is_lost() -> None:
    held = _held()
    others = tuple(replace(held, common_name=f"{n}.example.nl") for n in range(20))
    earlier = EarlierCertificate("00", held.name, "", held.not_after, held.verdict, "00", ())
    changes = Changes(MOMENT, others, (), (), (), is_certain=True, unseen=(earlier,) * 368)
    told = list(changes_told(changes, "en", 5))
    assert len(told) == 1 + 6 + 1
    assert told[-1].endswith("(368×)")
    assert told[-2] == "and 15 more"
    assert len(list(changes_told(changes, "en"))) == 1 + 20 + 368


def test_what_another_process_judged_names_the_same_file() -> None:
    """A rule that was sent between processes is another object."""
    told = _outcome(CODES[0], Severity.ERROR, Evidence("file", "b.pem"))
    judged = Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, Verdict.FAILED, (told,), beside=(told,))
    held = replace(_held(), judgements=(judged,))
    assert deciding_files(held) == deciding_files(pickle.loads(pickle.dumps(held))) == ("b.pem",)
    apart = replace(judged, beside=pickle.loads(pickle.dumps(judged.beside)))
    assert deciding_files(replace(held, judgements=(apart,))) == ("b.pem",)
