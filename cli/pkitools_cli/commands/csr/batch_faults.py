"""What is wrong with the requests of a batch, for people: what holds for many of them is not said for each."""

from __future__ import annotations

from typing import Final

from pkitools.errors import InvalidValueError
from pkitools.ordering import NoChoiceError
from pkitools.requests import BatchError
from pkitools.text import joined
from pkitools_cli.commands.csr.ordering import tell_why_not
from pkitools_cli.i18n import tr
from pkitools_cli.output import complain
from pkitools_cli.remedies import error_line

_MOST_ALIKE: Final = 3  # sentences about one thing that differ in their operands
_MOST_NAMES: Final = 5


def tell_faults(error: BatchError) -> None:
    """Tell everything that is wrong, each thing once with the requests it is wrong of."""
    by_code: dict[str, dict[str, tuple[InvalidValueError, list[str]]]] = {}
    for name, fault in error.faults:
        alike = by_code.setdefault(fault.code, {})
        alike.setdefault(error_line(fault), (fault, []))[1].append(name)
    for alike in by_code.values():
        told = list(alike.items())
        for sentence, (fault, names) in told[:_MOST_ALIKE]:
            if isinstance(fault, NoChoiceError):
                tell_why_not(fault)
            complain(f"{joined(names, _MOST_NAMES)}: {sentence}")
        rest = [name for _, (_, names) in told[_MOST_ALIKE:] for name in names]
        if rest:
            complain(tr("cli.csr.create.more_alike", count=len(rest), names=joined(rest, _MOST_NAMES)))
