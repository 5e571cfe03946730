"""The exit codes, one table: README.md shows it, tests/cli/test_exit_codes.py holds every command to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from pkitools.errors import InvalidValueError, PkitoolsError

if TYPE_CHECKING:
    from pkitools.findings import Report, Severity, Verdict


_LOOK_ALIKE: Final = "exports.error.look_alike"  # pkitools.exports.building.LOOK_ALIKE
_UNUSABLE: Final = frozenset({"rules.error.own_file", "connections.error.not_described"})
"""Of data that could not be used, here and in a file of connections; not every command loads the rooms that say so."""


class ExitCode(IntEnum):
    """What a script learns from ``$?``."""

    PASSED = 0
    COULD_NOT = 1  # the tool could not do its job: unreadable input, no network
    USAGE = 2
    FAILED = 10
    INDETERMINATE = 11
    PASSED_WITH_FINDINGS = 12  # only with --fail-on


class MonitorCode(IntEnum):
    """What a monitoring plugin ends with: with ``--nagios``, and nowhere else."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


def of_reports(reports: Iterable[Report], fail_on: Severity | None = None, *, complete: bool = True) -> ExitCode:
    """Return the exit code of several reports: the worst of them.

    Args:
        reports: on what could be judged.
        fail_on: the severity from which passing is not enough.
        complete: whether everything asked could be judged. What is wrong is wrong all the same; what is good beside
            something unreadable is no more than that.
    """
    return of_verdicts(((report.verdict, report.worst) for report in reports), fail_on, complete=complete)


def of_verdicts(
    found: Iterable[tuple[Verdict, Severity | None]], fail_on: Severity | None = None, *, complete: bool = True
) -> ExitCode:
    """Return the exit code of several verdicts, each with the worst that is violated: as :func:`of_reports`."""
    codes = [_of_verdict(verdict, worst, fail_on) for verdict, worst in found]
    if not complete:
        codes.append(ExitCode.COULD_NOT)
    order = (ExitCode.FAILED, ExitCode.COULD_NOT, ExitCode.INDETERMINATE, ExitCode.PASSED_WITH_FINDINGS)
    return next((code for code in order if code in codes), ExitCode.PASSED if codes else ExitCode.INDETERMINATE)


def not_known(code: ExitCode) -> ExitCode:
    """Return the exit code of a command of which a part of what was asked is not known: what is wrong stays wrong."""
    return code if code in {ExitCode.FAILED, ExitCode.COULD_NOT} else ExitCode.INDETERMINATE


def of_list(left_out: Sequence[str]) -> ExitCode:
    """Return the exit code of a list, by what had to be left out of it."""
    return ExitCode.INDETERMINATE if left_out else ExitCode.PASSED


def _of_verdict(verdict: Verdict, worst: Severity | None, fail_on: Severity | None) -> ExitCode:
    from pkitools.findings import Verdict

    if verdict is Verdict.FAILED:
        return ExitCode.FAILED
    if verdict is Verdict.INDETERMINATE:
        return ExitCode.INDETERMINATE
    if fail_on is not None and worst is not None and worst >= fail_on:
        return ExitCode.PASSED_WITH_FINDINGS
    return ExitCode.PASSED


def of_error(error: PkitoolsError) -> ExitCode:
    """Return the exit code of an error: a value the caller chose wrongly is usage, all else could not be done.

    What stands in a file of one's own that cannot be used was asked rightly, and is not known: also of a batch in which
    nothing else is wrong. A certificate that imitates an authority could be read and was judged.
    """
    if error.code == _LOOK_ALIKE:
        return ExitCode.FAILED
    faults = [fault for _, fault in getattr(error, "faults", ())] or [error]
    if all(fault.code in _UNUSABLE for fault in faults):
        return ExitCode.INDETERMINATE
    return ExitCode.USAGE if isinstance(error, InvalidValueError) else ExitCode.COULD_NOT
