"""The systems a certificate is for: what each asks, per environment, as data with sources; and the judgement by it.

>>> get_system("digid-machtigen").title
'DigiD Machtigen'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkitools.systems.evaluation import evaluate
from pkitools.systems.loading import get_system, systems
from pkitools.systems.model import Stance, Statement, System, Topic
from pkitools.systems.reading import read_system

if TYPE_CHECKING:
    from pkitools.systems.reuse import Use, check_reuse
    from pkitools.systems.status import SystemStatus, status_of

__all__ = [
    "Stance",
    "Statement",
    "System",
    "SystemStatus",
    "Topic",
    "Use",
    "check_reuse",
    "evaluate",
    "get_system",
    "read_system",
    "status_of",
    "systems",
]

_LATER: Final = {"SystemStatus": "status", "Use": "reuse", "check_reuse": "reuse", "status_of": "status"}
"""What a judgement of one certificate does without: it is imported when it is first named."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
