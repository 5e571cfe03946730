"""Facts of one's own: systems, TSPs, roots of test hierarchies and rules that an organisation adds without a fork.

A folder laid out as the package's own data is read by :func:`read_data`; what it holds is asked beside ours wherever
``data=`` is given. A Python package brings rules with checks through the entry point group ``pkitools.rules``.
Most have none: each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pkitools.arguments import of_type

if TYPE_CHECKING:
    from pkitools.rules.own.data import OwnData, OwnFile, Refused, read_data
    from pkitools.rules.own.installed import installed_data

__all__ = ["OwnData", "OwnFile", "Refused", "given_data", "installed_data", "read_data"]
_LATER = {name: "installed" if name == "installed_data" else "data" for name in __all__ if name != "given_data"}


def given_data(given: OwnData | None, parameter: str) -> OwnData | None:
    """Return what a caller handed in.

    Raises:
        InvalidValueError: it is something else.
    """
    if given is None:
        return None
    from pkitools.rules.own.data import OwnData

    return of_type(given, OwnData, parameter)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
