"""Whether an installed package brings rules, looked at once: every command asks it, and no test installs one there.

A command looks through the names of all installed packages, a millisecond or two, which is nothing of what starting it
takes. A process of tests runs thousands.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Final

from pkitools.rules.own import presence

looked: Final = presence._may_name_us
"""The real thing: what looks through any other place, such as one that a test made."""

_INSTALLED: Final = frozenset(place for place in sys.path if place and Path(sys.base_prefix) in Path(place).parents) | {
    place for place in sys.path if place.endswith(("site-packages", "dist-packages"))
}
"""Python's own folders as well, of which there are three and the first holds hundreds of files."""

_once: Final = cache(looked)


def may_name_us(place: str) -> bool:
    """Stand in for the function of this name: the same answer about each place that packages are installed in."""
    return _once(place) if place in _INSTALLED else looked(place)


def install() -> None:
    """Let the packages use it."""
    presence._may_name_us = may_name_us
