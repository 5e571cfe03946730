"""The page that ``cert check --report`` writes: its name is looked at before any certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pkitools_cli.commands.cert.check_options import CheckOptions
from pkitools_cli.commands.cert.check_text import Placing, placings
from pkitools_cli.commands.cert.next_step import next_step_of
from pkitools_cli.i18n import language
from pkitools_cli.lines import command_rows
from pkitools_cli.own_data import titles
from pkitools_cli.remedies import remedy_text

if TYPE_CHECKING:
    from pkitools.checking import JudgedCertificate
    from pkitools.checking.beside import Companion
    from pkitools.findings import Report, Verdict
    from pkitools.reports import CheckedFile
    from pkitools.reports.pages import Advice
    from pkitools_cli.commands.next_steps import NextStep


def refuse_pages(names: Sequence[str], *, overwrite: bool) -> None:
    """Refuse a page that cannot be written, before a file is read.

    Raises:
        InvalidValueError: the end of a name says another form.
        FileError: one is there already, or its folder is not.
        MissingExtraError: what makes pages is not installed.
    """
    from pkitools.files import Output, check_outputs
    from pkitools.reports.pages import page_form

    for name in names:
        page_form(name)
    check_outputs([Output(name, b"", secret=False) for name in names], overwrite=overwrite)


def write_pages(
    files: Sequence[CheckedFile],
    options: CheckOptions,
    *,
    verdict: Verdict,
    reuse: Report | None,
    given: Sequence[bytes],
    companions: Sequence[Companion],
    notes: Sequence[str],
) -> None:
    """Write what was checked as a page, under each of the names that were asked for: all or none.

    Args:
        files: what was found.
        options: what was asked.
        verdict: on all of it.
        reuse: what there is to say of the certificates together.
        given: DER of the certificates that were given as chain and as roots.
        companions: the keys and requests among the files.
        notes: what else there is to say of the files.

    Raises:
        FileError: they cannot be written.
    """
    from pkitools.files import Output, write_set
    from pkitools.reports.pages import Asked, certificate_page

    checks = [(file.name, file.check) for file in files if file.check is not None]
    asked = Asked(
        moment=options.moment,
        environment=options.environment,
        systems=titles(options.systems),
        language=language(),
        remedy=remedy_text,
        next_step=partial(_advice, placings(checks, options)),
        given=(*given, *(der for file in files if file.chain for der in file.chain.contents.certificates)),
        companions=companions,
        notes=notes,
    )
    page = certificate_page(files, asked, verdict=verdict, reuse=reuse).encode("utf-8")
    write_set([Output(name, page, secret=False) for name in options.reports], overwrite=options.force)


def _advice(placed: Mapping[str, Placing], file: CheckedFile, one: JudgedCertificate) -> Advice | None:
    """Return what to do next, as the terminal has it."""
    return advice(next_step_of(placed[file.name].of(one)))


def advice(step: NextStep | None) -> Advice | None:
    """Return a step as a page has it."""
    from pkitools.reports.pages import Advice

    if step is None:
        return None
    rows = () if step.words is None else command_rows(step.words, "")
    return Advice(step.sentence, " ".join(row.removesuffix("\\").strip() for row in rows))
