"""What commands that write files have in common: nothing that is read is replaced, and what is kept is told."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import click

from pkitools_cli.i18n import tr


def refuse_to_replace_input(outputs: Iterable[str | PathLike[str]], inputs: Iterable[str | None]) -> None:
    """Raise when a file that is to be written is one that is read, also by another name: a key in it would be gone.

    Args:
        outputs: what is to be written.
        inputs: what was given to read; ``None`` and ``-`` are no files.
    """
    read = [Path(name) for name in inputs if name is not None]
    for path in map(Path, outputs):
        if any(_is_one(path, one) for one in read):
            raise click.UsageError(tr("cli.written.is_input", path=path))


def _is_one(path: Path, other: Path) -> bool:
    """Return whether two names are of one file that is there; of what may not be seen whoever reads it hears why."""
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False


def told_backups(backups: Iterable[Path]) -> tuple[str, ...]:
    """Return what to say of what stood in the place of a file and was kept, as it may be a key."""
    return tuple(tr("cli.written.kept", path=path) for path in backups)
