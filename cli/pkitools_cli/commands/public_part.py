"""What to do with the public part of a certificate: who gets it, and what comes when they have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final

from pkitools.environment import Environment
from pkitools_cli.commands.next_steps import NextStep, Words, free_place, is_taken, numbered, stem_of, step
from pkitools_cli.i18n import blank, tr
from pkitools_cli.own_data import titles

_PUBLIC_ENDS: Final = (".pem", ".json", ".html", ".txt")


def public_parts(file: str) -> Iterator[str]:
    """Yield the files in which the public part of a file may be already: it was told to go there."""
    yield from (f"{each}.pem" for each in takewhile(lambda each: is_taken(each, _PUBLIC_ENDS), _public_names(file)))


def _public_names(file: str) -> Iterator[str]:
    return numbered(f"{stem_of(file)}-{tr('cli.now.public')}")


def public_words(file: str, system: str | None = None, environment: Environment | str | None = None) -> Words:
    """Return the command that makes the public part of a file: beside it, where nothing is.

    Args:
        file: with the certificate.
        system: whom it is for, where that is known.
        environment: where, likewise.
    """
    meant = meant_words(system, environment)
    place = free_place(_public_names(file), _PUBLIC_ENDS, ("export public", file, meant))
    return ("export", "public", file, "--out", f"{place}.pem", *meant)


def meant_words(system: str | None, environment: Environment | str | None) -> Words:
    """Return the options that say what a certificate is for; none where no system is known."""
    where = ("-e", str(environment)) if environment is not None and system is not None else ()
    return (*_for(system), *where)


def after_public(files: Sequence[str], system: str | None, environment: Environment | None) -> NextStep | None:
    """Return to whom the public part is sent, and what is done next: metadata where they want that, else a connection.

    Args:
        files: what was written.
        system: whom it is for, where that was said.
        environment: where, likewise.
    """
    sent = [file for file in files if file.endswith((".pem", ".txt"))] or list(files)
    # where they lie stands above, and they differ in their ends alone: of two whole paths the last would be cut off
    names = f" {tr('cli.export.and')} ".join((Path(sent[0]).name, *(Path(file).suffix for file in sent[1:])))
    params = {"files": names, "system": ", ".join(titles([system] if system else ()))}
    wants_metadata = system is not None and environment is not None and _has_consumer(system)
    key = "metadata" if wants_metadata else "connect" if system else "connect_anywhere"
    commands = {
        "metadata": lambda: ("metadata", "check", blank("file"), *_for(system), "-e", str(environment)),
        "probe": lambda: probe_words(system, environment),
    }
    return step(f"export_public.{key}", params, commands)


def probe_words(system: str | None, environment: Environment | None) -> Words:
    """Return the command that tries the connection with the certificate and its key."""
    file = blank("file")
    where = ("-e", str(environment)) if environment is not None else ()
    target = ("probe", blank("target"), "--client-cert", file, "--client-key", file)
    return (*target, *_for(system), *where)


def _for(system: str | None) -> Words:
    return () if system is None else ("--for", system)


def _has_consumer(system: str) -> bool:
    from pkitools.metadata.consumers import consumers

    return any(system in each.systems for each in consumers())
