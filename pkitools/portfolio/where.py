"""One spelling for each place on disk: people, connections and configurations name a file in several ways."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pkitools.checking.file_names import Stem, is_called_copy, stem_of

if TYPE_CHECKING:
    from pkitools.portfolio.model import Place

Beside = tuple[str, Stem]
"""The folder of a file, and what its name shares with those that belong to it."""


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


def in_order_to_name(places: Iterable[Place], keys: Collection[Beside] = ()) -> tuple[Place, ...]:
    """Return the places of one certificate, the one first by which it is named wherever one place is told.

    That is one that can be put into use as it lies: not called a copy, nor in metadata; with its private key, in its
    file or beside it by name; and with its chain. The public half that is sent to others has neither.

    Args:
        places: in the order found, which stays between those that are as good.
        keys: of the files with its private key what :func:`beside` gives.
    """
    return tuple(
        sorted(
            places,
            key=lambda one: (
                is_called_copy(one.name),
                one.entity_id is not None,
                not (one.with_key or (bool(keys) and beside(one.name) in keys)),
                not one.with_chain,
            ),
        )
    )


def beside(name: str) -> Beside:
    """Return what two files have alike that lie beside one another and belong together by their names."""
    return folder_of(name), stem_of(name)
