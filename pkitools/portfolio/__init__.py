"""Everything an organisation has, found in folders, keystores, configurations and at peers.

:func:`scan` yields what each file and peer gives; :class:`Gathering` makes one :class:`Portfolio` of it, which is what
reports, comparisons and plans are made from:

>>> judging = Judging(moment=moment)  # doctest: +SKIP
>>> gathering = Gathering(places, judging)  # doctest: +SKIP
>>> for reading in scan(places, judging):  # doctest: +SKIP
...     gathering.add(reading)
>>> gathering.portfolio()  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkitools.portfolio.judgements import EnvironmentBasis, Judgement
from pkitools.portfolio.model import (
    Gap,
    HeldCertificate,
    HeldKey,
    HeldRequest,
    Pending,
    Place,
    Portfolio,
    Reading,
    Standing,
    Successor,
    Unread,
)
from pkitools.portfolio.pointing import Pointer, Target
from pkitools.x509.above import Above, AboveRole

if TYPE_CHECKING:  # what was found is read without the means to find it
    from pkitools.portfolio.claims import Claim, Stated
    from pkitools.portfolio.comparing import Changes, Earlier, EarlierCertificate, Replaced, changes_since, read_earlier
    from pkitools.portfolio.gathering import Gathering
    from pkitools.portfolio.judging import Judging
    from pkitools.portfolio.peers import Fetch
    from pkitools.portfolio.scanning import count_files, scan

__all__ = [
    "Above",
    "AboveRole",
    "Changes",
    "Claim",
    "Earlier",
    "EarlierCertificate",
    "EnvironmentBasis",
    "Fetch",
    "Gap",
    "Gathering",
    "HeldCertificate",
    "HeldKey",
    "HeldRequest",
    "Judgement",
    "Judging",
    "Pending",
    "Place",
    "Pointer",
    "Portfolio",
    "Reading",
    "Replaced",
    "Standing",
    "Stated",
    "Successor",
    "Target",
    "Unread",
    "changes_since",
    "count_files",
    "read_earlier",
    "scan",
]

_MODULES: Final = {
    "read_earlier": "comparing",
    "changes_since": "comparing",
    "Replaced": "comparing",
    "EarlierCertificate": "comparing",
    "Earlier": "comparing",
    "Changes": "comparing",
    "Claim": "claims",
    "Stated": "claims",
    "Fetch": "peers",
    "Gathering": "gathering",
    "Judging": "judging",
    "count_files": "scanning",
    "scan": "scanning",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
