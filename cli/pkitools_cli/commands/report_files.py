"""The files of ``--report``: their names are looked at before the work, and they are written after it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import click

from pkitools.frozen import dataclass
from pkitools_cli.remedies import told


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report to be written.

    Args:
        name: its file.
        form: the end of that name, which says its form.
    """

    name: str
    form: str


def refuse_reports(names: Sequence[str], form_of: Callable[[str], str], *, overwrite: bool) -> tuple[ReportFile, ...]:
    """Return the reports that are asked for; one that cannot be written is refused before a file is read.

    Args:
        names: their files.
        form_of: says what form a file is to have.
        overwrite: what is there may be written over.

    Raises:
        InvalidValueError: the end of a name says no form.
        FileError: one is there already, or its folder is not.
        click.UsageError: one is named twice.
    """
    if not names:
        return ()
    places = [os.path.realpath(name) for name in names]
    twice = next((name for name, place in zip(names, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise click.UsageError(told("files.error.named_twice", {"name": twice}).message)
    from pkitools.files import Output, check_outputs

    found = tuple(ReportFile(name, form_of(name)) for name in names)
    check_outputs([Output(each.name, b"", secret=False) for each in found], overwrite=overwrite)
    return found
