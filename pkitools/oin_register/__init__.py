"""The public register of OINs (COR): asked in two ways, or looked up in a copy of it.

Start at :func:`lookup`. That a number is not in the register does not make it wrong, and that the register could not be
asked says nothing of the number: :class:`RegisterStatus` keeps the four apart.
"""

from pkitools.oin_register.asking import HalRegister, ListedRegister, open_register
from pkitools.oin_register.looking_up import FRESH, lookup
from pkitools.oin_register.model import (
    Listing,
    Organization,
    Query,
    QueryKind,
    Register,
    RegisterAnswer,
    RegisterError,
    RegisterNote,
    RegisterStatus,
)
from pkitools.oin_register.paging import RegisterMeans
from pkitools.oin_register.places import RegisterPlace, register_places
from pkitools.oin_register.snapshot import Snapshot, read_snapshot, take_snapshot, write_snapshot

__all__ = [
    "FRESH",
    "HalRegister",
    "ListedRegister",
    "Listing",
    "Organization",
    "Query",
    "QueryKind",
    "Register",
    "RegisterAnswer",
    "RegisterError",
    "RegisterMeans",
    "RegisterNote",
    "RegisterPlace",
    "RegisterStatus",
    "Snapshot",
    "lookup",
    "open_register",
    "read_snapshot",
    "register_places",
    "take_snapshot",
    "write_snapshot",
]
