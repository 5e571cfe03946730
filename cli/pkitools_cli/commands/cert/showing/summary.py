"""What ``cert show`` says first of a file: what it is, how much is in it, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from pkitools.messages.days import day_and_time
from pkitools.reports import DescribedFile
from pkitools.reports.showing.attention import Attention, attention
from pkitools.reports.showing.keystores import keystore_of
from pkitools.x509 import problem_sentence
from pkitools_cli.commands.cert.showing.words import Rows, counted, listed, word
from pkitools_cli.i18n import language, tr

_FEW: Final = 5  # lines before the items themselves begin


def summary(file: DescribedFile) -> str | None:
    """Return what a file is and holds; ``None`` of a file that is one item and nothing more."""
    kinds = Counter(str(each.item.kind) for each in file.items if each.error is None)
    contents, unread = file.contents, file.unread
    if contents is None or not kinds:
        return None
    if kinds.total() == 1 and not unread and keystore_of(file) is None and not contents.described:
        return None
    parts = [counted(kind, count) for kind, count in kinds.items()]
    parts += [counted("unread", unread)] if unread else []
    container = tr(f"cli.cert.show.container.{contents.container}")
    return tr("cli.cert_show.summary", name=contents.name, container=container, parts=", ".join(parts))


def attention_rows(file: DescribedFile, moment: datetime) -> Rows:
    """Return the row of what to know before one reads any further; none where there is nothing."""
    lines = listed((_line(one, single=len(file.items) == 1) for one in attention(file, moment)), _FEW)
    return [("attention", lines)] if lines else []


def _line(one: Attention, *, single: bool) -> str:
    name = word("ocsp_status", one.name or "-") if one.code == "ocsp.refused" else one.name
    told = tr(
        f"cli.cert_show.attention.{one.code}",
        name=name or "-",
        at=day_and_time(one.at, language()) if one.at else "-",
        problem=problem_sentence(one.problem, language()) if one.problem else "",
    )
    return told if single or one.position is None else f"{tr('cli.cert.show.part', number=one.position)}: {told}"
