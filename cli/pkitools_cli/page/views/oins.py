"""Numbers: what ``oin check`` and ``oin derive`` say of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from pkitools.environment import Environment
from pkitools.messages import error_sentence
from pkitools.oin import OIN
from pkitools.reports.pages.findings import TONES, findings_of
from pkitools.reports.text import answer_rows, word, word_of
from pkitools_cli.commands.oin.check import Judged, judged_number, shown_report
from pkitools_cli.commands.oin.derive import KINDS, derived_number
from pkitools_cli.commands.oin.parts import about, part_rows
from pkitools_cli.i18n import language, lookup, tr
from pkitools_cli.page.exchange import Request, Screen
from pkitools_cli.page.forms import Form, read_form
from pkitools_cli.page.site import Site, environments

_NOTHING: Final = Form()


def ask(_site: Site, _request: Request) -> Screen:
    """Ask for a number."""
    return _asked(_NOTHING)


def judge(_site: Site, request: Request) -> Screen:
    """Judge an OIN, or an ID that one stands in."""
    form = read_form(request)
    text = form.value("number")
    if not text:
        return _asked(form, problem=tr("cli.page.oin.no_number"))
    named = form.value("environment")
    return _asked(form, **_judged(judged_number(text, Environment(named) if named in set(Environment) else None)))


def derive(_site: Site, request: Request) -> Screen:
    """Derive an OIN, or say why there is none."""
    form = read_form(request)
    kind, number = form.value("kind"), form.value("from")
    if kind not in KINDS or not number:
        return _asked(form, problem_of_derive=tr("cli.page.oin.no_from"))
    found = derived_number(kind, number).found
    if not isinstance(found, OIN):
        return _asked(form, problem_of_derive=error_sentence(found, language()))
    note = lookup(f"cli.page.note.{kind}") or tr(f"cli.oin.derive.note.{kind}")
    return _asked(form, derived=str(found), notes=(note, *about(found)), derived_parts=part_rows(found))


def _asked(form: Form, **values: object) -> Screen:
    around = {
        "form": form,
        "kinds": [(kind, tr(f"cli.page.kind.{kind}")) for kind in KINDS],
        "environments": environments(),
        "problem": "",
        "problem_of_derive": "",
        "judged": None,
        "derived": "",
    }
    wrong = values.get("problem") or values.get("problem_of_derive")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return Screen("oin.html", {**around, **values}, status)


def _judged(judged: Judged) -> dict[str, object]:
    """Return what was found, ready to be shown: of what may be somebody's BSN the last digits only."""
    report, chosen = shown_report(judged.report), language()
    rows = tuple((word(f"answer.{key}", chosen), text) for key, text in answer_rows(report, chosen))
    return {
        "subject": report.subject,
        "tone": TONES[report.verdict],
        "verdict": word_of("verdict", report.verdict, chosen),
        "rows": rows,
        "judged": findings_of(report, chosen),
        "parts": part_rows(judged.oin) if judged.oin is not None else (),
        "notes": about(judged.oin) if judged.oin is not None else (),
    }
