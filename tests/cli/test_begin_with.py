"""Sentences of an overview say all of it: what is to be begun, and what hangs on an authority."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.messages import LANGUAGES, Language
from pkitools.portfolio.risk.model import Hanging, Risks
from pkitools.reports.portfolio.across import hanging_line
from pkitools_cli.commands.scan.across import _hanging
from pkitools_cli.i18n import speaking
from pkitools_cli.reply import Line
from tests.connections.support import connection, written
from tests.support.cases import in_one_test
from tests.support.command import Command

AT: Final = ("--moment", "2026-11-22T12:00:00Z")
LIVE: Final = {"late": "2026-12-15", "ahead": "2027-06-01", "today": "2027-02-22"}
BEGIN: Final = {"nl": "Nu: Begin", "en": "Now: Begin"}
MORE: Final = {"nl": "en nog 1", "en": "and 1 more"}


@in_one_test
@pytest.mark.parametrize(("language", "live", "both"), [*product(LANGUAGES, LIVE, (True, False))])
def test_what_to_begin_with_is_named(run: Command, tmp_path: Path, language: Language, live: str, both: bool) -> None:
    """The first of the file goes live later than the other, or on the same day."""
    text = connection(files='["no"]', live=LIVE[live] if both else "2029-01-10", system='"fsc"')
    text += connection(files='["no"]', live=LIVE[live], system='"digid"')
    told = run("--lang", language, "plan", "--connections", written(tmp_path, text), *AT).told
    now = told[told.index(BEGIN[language]) :]
    assert "Gemeente A, DigiD, " in now or (both and "Gemeente A, FSC, " in now)
    assert (MORE[language] in now) is both


@in_one_test
@pytest.mark.parametrize(("language", "count", "ends"), [*product(LANGUAGES, (1, 12), (True, False))])
def test_what_hangs_on_an_authority_is_said_whole(
    monkeypatch: pytest.MonkeyPatch, language: Language, count: int, ends: bool
) -> None:
    """With its first service at eighty columns, however long a name that is usual: the sentence does not break off."""
    monkeypatch.setenv("COLUMNS", "80")
    day, name = (
        datetime(2028, 11, 12, tzinfo=UTC),
        "TRIAL MyTSP PKIoverheid Organisatie Persoon en Private Services CA - G1",
    )
    services = tuple(f"dienst{number}.voorbeeldstad.nl (Gemeente Voorbeeldstad)" for number in range(min(count, 10)))
    one = Hanging(name, name, None, "", day if ends else None, count, services, max(count - 10, 0), 1, day)
    with speaking(language):
        told = " ".join(
            " ".join(row.text if isinstance(row, Line) else row for row in _hanging(Risks(hanging=(one,)))).split()
        )
    sentence = hanging_line(one, language)
    assert services[0] in told
    assert " ".join(sentence.split()) in told or count > 1
