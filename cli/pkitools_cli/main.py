"""Entry point of ``pkitools``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from pkitools._version import __version__
from pkitools.errors import PkitoolsError
from pkitools.messages import LANGUAGES
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import ExitCode, of_error
from pkitools_cli.framework import Group, language_from
from pkitools_cli.i18n import tr
from pkitools_cli.output import complain, complain_lines
from pkitools_cli.remedies import error_line

_NOUNS = ("oin", "csr", "cert", "trust", "rules", "systems", "test-pki")
_COMMANDS = {noun: f"pkitools_cli.commands.{noun.replace('-', '_')}:group" for noun in _NOUNS}


@click.group(cls=Group, lazy=_COMMANDS, help="cli.main.help", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(LANGUAGES), help="cli.main.lang", expose_value=False)
@click.version_option(__version__, prog_name="pkitools", message="%(prog)s %(version)s", help="cli.main.version")
def cli() -> None:
    """Root of all commands."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; a traceback never reaches the user.

    ``PKITOOLS_DEBUG=1`` lets an unexpected error through with its traceback, for a bug report.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    language_from(given)
    try:
        result = cli.main(given, prog_name="pkitools", standalone_mode=False)
        code = result if isinstance(result, int) else ExitCode.PASSED
    except PkitoolsError as error:
        complain(error_line(error))
        code = of_error(error)
    except click.exceptions.NoArgsIsHelpError as error:
        complain_lines(error.format_message().split("\n"))
        code = ExitCode.USAGE
    except click.ClickException as error:
        _complain_of_usage(error)
        code = ExitCode.USAGE
    except click.exceptions.Exit as request:
        code = request.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain(tr("cli.main.aborted"))
        code = ExitCode.COULD_NOT
    except BrokenPipeError:
        # the reader (head, less) went away; nothing to tell it, and Python must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.COULD_NOT
    except Exception as error:
        if debugging():
            raise
        complain(tr("cli.main.bug", kind=type(error).__name__, detail=str(error)))
        code = ExitCode.COULD_NOT
    sys.exit(int(code))


def _complain_of_usage(error: click.ClickException) -> None:
    from pkitools_cli.usage import sentence

    complain(sentence(error))
    context = getattr(error, "ctx", None)
    if context is not None:
        complain(tr("cli.main.try_help", command=context.command_path))


if __name__ == "__main__":
    main()
