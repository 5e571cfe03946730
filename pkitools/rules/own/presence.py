"""Whether some installed package brings rules: asked by every command, so at a glance and with little imported."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from typing import Final

GROUP: Final = "pkitools.rules"
"""The group of entry points that they are found by."""


def may_be_there() -> bool:
    """Return whether some package names our group; where that is not seen at a glance, it may.

    Packages stand in the folders of ``sys.path``, each with a folder ``.dist-info`` or ``.egg-info`` (or a file, which
    holds no entry points). What an archive or a finder of somebody's own holds only ``importlib.metadata`` can tell.
    """
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    if finders != [PathFinder]:
        return True
    return any(_may_name_us(place or os.curdir) for place in dict.fromkeys(sys.path))


def _may_name_us(place: str) -> bool:
    try:
        with os.scandir(place) as held:
            infos = [each for each in held if each.name.lower().endswith((".dist-info", ".egg-info", ".egg"))]
    except NotADirectoryError:
        return True
    except OSError:
        return False  # a folder of the path that is not there
    return any(map(_names_us, infos))


def _names_us(info: os.DirEntry[str]) -> bool:
    if info.name.lower().endswith(".egg"):
        return True  # an archive, or a folder with the rest inside
    entry_points = os.path.join(info.path, "entry_points.txt")  # noqa: PTH118  pathlib takes time, for each package
    try:
        os.stat(entry_points)  # noqa: PTH116  most have none, and to find that by opening it takes twice as long
        with open(entry_points, "rb") as file:  # noqa: PTH123  as above
            return GROUP.encode() in file.read()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
