"""One spelling for each place on disk: people, connections and configurations name a file in several ways."""

from __future__ import annotations

import os


def same_place(name: str) -> str:
    """Return the one spelling of all names of a file or folder: from the root on; on Windows in lower case.

    It goes by the text of the name alone, and no disk is looked at: a link is where it stands.

    Args:
        name: as somebody gave it, or as it was found.
    """
    return os.path.normcase(os.path.abspath(name))  # noqa: PTH100  pathlib's leaves .. in it, or follows links


def folder_of(name: str) -> str:
    """Return the folder of a file by its name, as it was reached; empty where the name has none.

    Args:
        name: with the separators of the system.
    """
    return os.path.dirname(name)  # noqa: PTH120  pathlib takes a hundred times as long, and gives "." for none
