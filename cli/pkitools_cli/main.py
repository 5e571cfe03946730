"""Entry point of ``pkitools``."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, TextIO

import click

from pkitools.errors import PkitoolsError
from pkitools.messages import LANGUAGES, message
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import ExitCode, MonitorCode
from pkitools_cli.framework import (
    Group,
    Lazy,
    asks_for_json,
    asks_for_monitoring,
    choose_data,
    language_from,
    show_version,
    unspoken,
)
from pkitools_cli.i18n import language, tr
from pkitools_cli.output import complain
from pkitools_cli.renderers import JSON, TEXT, begin, has_told, tell

_NOUNS = ("oin", "csr", "cert", "metadata", "chain", "trust", "rules", "systems", "facts", "renewal", "g4", "test-pki")
# what a file, a pipe or a device says that takes no more
_REFUSALS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.ENXIO})

_AS_TOLD: Final = 128 + signal.SIGTERM
"""What a shell gives of a process that ended by that signal, should it not come so far."""


def _noun(package: str) -> Lazy:
    return Lazy(f"pkitools_cli.commands.{package}:group", f"cli.{package}.help")


_COMMANDS = {
    **{noun: _noun(noun.replace("-", "_")) for noun in _NOUNS},
    "export": Lazy("pkitools_cli.commands.export:command", "cli.export.help"),
    "probe": Lazy("pkitools_cli.commands.probe:command", "cli.probe.help"),
    "scan": Lazy("pkitools_cli.commands.scan:command", "cli.scan.help"),
    "expiry": Lazy("pkitools_cli.commands.expiry:command", "cli.expiry.help"),
    "init": Lazy("pkitools_cli.commands.init:command", "cli.init.help"),
    "status": Lazy("pkitools_cli.commands.status:command", "cli.status.help"),
    "plan": Lazy("pkitools_cli.commands.plan:command", "cli.plan.help"),
    "page": Lazy("pkitools_cli.commands.page:command", "cli.page.help"),
    "explain": Lazy("pkitools_cli.commands.explain:command", "cli.explain.help"),
}


@click.group(
    cls=Group,
    lazy=_COMMANDS,
    help="cli.main.help",
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.option("--data", metavar="DIR", help="cli.main.data", expose_value=False, callback=choose_data)
@click.option("--lang", type=click.Choice(LANGUAGES), help="cli.main.lang", expose_value=False)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="cli.main.version"
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Root of all commands; alone it greets."""
    if ctx.invoked_subcommand is None:
        from pkitools_cli.commands.greeting import greet

        greet()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; a traceback never reaches the user.

    ``PKITOOLS_DEBUG=1`` lets an unexpected error through with its traceback, for a bug report.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    language_from(given)
    if unknown := unspoken(given):
        complain(tr("cli.main.unspoken", value=unknown))
    begin()
    with _told_to_end() as is_told:
        code = _written(given)
        sys.exit(_AS_TOLD if is_told() else int(code))


class TerminatedError(KeyboardInterrupt):
    """The process is asked to end (SIGTERM): what is said and done at Ctrl-C is said and done then."""


@contextmanager
def _told_to_end() -> Iterator[Callable[[], bool]]:
    """Make a request to end what Ctrl-C is, and give whether one came; a second one ends the process at once.

    Who started this with that signal ignored, or hears it himself, is left to it.
    """
    told: list[int] = []

    def hear(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        if not told:
            import atexit  # most runs are never told

            atexit.register(_end_as_told)
        told.append(number)
        raise TerminatedError

    is_first = threading.current_thread() is threading.main_thread()
    if not is_first or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield lambda: False
        return
    signal.signal(signal.SIGTERM, hear)
    try:
        yield lambda: bool(told)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end_as_told() -> None:
    """End by the signal itself: whoever waits for the process sees why it ended."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError, ValueError):
            stream.flush()
    os.kill(os.getpid(), signal.SIGTERM)


def _written(given: Sequence[str]) -> int:
    """Run a command and see that its answer was written: of one that was not, no exit code speaks."""
    if sys.stdout is None:  # Python's own, where it was started without
        return _not_written(errno.EBADF, given)
    try:
        code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (head, less) went away; nothing to tell it
        return _not_written(None, given)
    except OSError as error:
        if not _is_of_output(error):
            raise
        return _not_written(error.errno, given)
    return code


def _is_of_output(error: OSError) -> bool:
    """Return whether it was standard output that could not be written: what is read or written else has a name."""
    return error.filename is None and error.errno in _REFUSALS


def _not_written(why: int | None, given: Sequence[str]) -> int:
    if why is not None:
        with suppress(OSError, AttributeError):  # standard error may be gone as well
            complain(tr("cli.main.not_written", detail=_in_words(why)))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError, ValueError):
            # what still waits must not be tried again, and Python must not complain at exit
            if stream is sys.stdout or not _takes(stream):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return MonitorCode.UNKNOWN if asks_for_monitoring(given) else ExitCode.COULD_NOT


def _in_words(number: int) -> str:
    """Return what the operating system said, in the language in force."""
    from pkitools.files.common import refusal  # most runs write their answer

    return message(refusal(number), {}, language()).title


def _takes(stream: TextIO) -> bool:
    try:
        stream.flush()
    except OSError:
        return False
    return True


def _as_refused(error: BaseException) -> BaseException:
    """Return the error of a path that cannot be looked at, read or written as one of ours, wherever it came up."""
    if not isinstance(error, OSError) or error.filename is None:
        return error
    from pkitools.files.common import file_error

    return file_error(error, os.fsdecode(error.filename), "unreadable")


def _run(given: Sequence[str]) -> int:
    try:
        result = cli.main(given, prog_name="pkitools", standalone_mode=False)
    except click.exceptions.Exit as request:
        return request.exit_code
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, OSError) and _is_of_output(error):
            raise
        if debugging() and not isinstance(error, PkitoolsError | click.ClickException | click.Abort):
            raise
        return _tell_failure(_as_refused(error), given)
    return result if isinstance(result, int) else ExitCode.PASSED


def _tell_failure(error: BaseException, given: Sequence[str]) -> int:
    """Tell people what is wrong and, once, those who asked for a document, or for the line of a monitoring plugin.

    Monitoring reads the exit code of a wrong command line, 2, as a certificate that ends.
    """
    from pkitools_cli.failures import monitor_line, reply_to

    reply = reply_to(error)
    if asks_for_monitoring(given):
        if not has_told():
            click.echo(monitor_line(error))
        tell(reply, TEXT)
        return MonitorCode.UNKNOWN
    if asks_for_json(given) and not has_told():
        tell(reply, JSON)
    return tell(reply, TEXT)


if __name__ == "__main__":
    main()
