"""What to do with the public part of a certificate: who gets it, and what comes when they have it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pkitools.environment import Environment
from pkitools_cli.commands.next_steps import NextStep, Words, step
from pkitools_cli.i18n import blank, tr
from pkitools_cli.own_data import titles


def public_place(file: str) -> str:
    """Return where the public part of a file goes: beside it."""
    path = Path(file)
    return str(path.with_name(f"{path.stem.removesuffix('.chain')}-{tr('cli.now.public')}.pem"))


def public_words(
    file: str, target: str, system: str | None = None, environment: Environment | str | None = None
) -> Words:
    """Return the command that makes the public part of a file.

    Args:
        file: with the certificate.
        target: where it goes.
        system: whom it is for, where that is known.
        environment: where, likewise.
    """
    return ("export", "public", file, "--out", target, *meant_words(system, environment))


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
    params = {"files": ", ".join(sent), "system": ", ".join(titles([system] if system else ()))}
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
