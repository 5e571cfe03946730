"""Many orders from one file: each is completed by what its system asks, and all are judged before a key is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pkitools.arguments import aware
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.ordering.faults import faults_of
from pkitools.ordering.orders import FOR, Order, OrderingKnowledge, plan_order
from pkitools.requests import RequestPlan
from pkitools.requests.batch import BatchError, read_rows
from pkitools.text import pattern

_ENDING: Final = pattern(r"(?i)\.(?:chain|bak-[0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """One order of a batch: the name of its files, and what it asks."""

    name: str
    order: Order

    @property
    def plan(self) -> RequestPlan:
        """The request."""
        return self.order.plan


def read_orders(
    data: bytes,
    file: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    moment: datetime,
    knowledge: OrderingKnowledge | None = None,
) -> tuple[NamedOrder, ...]:
    """Return every order of a file: TOML as :func:`pkitools.requests.read_batch` reads it, or a table (CSV).

    Args:
        data: the file. A request may name a system (``for``) in the place of a profile.
        file: what to call it in an error.
        overrides: values that go before the file's ``[defaults]``; what a request says itself goes before both.
        moment: when.
        knowledge: where systems and TSPs are looked up.

    Raises:
        InputError: neither TOML nor CSV, or not of that form.
        LimitError: more requests than are made at a time, or a larger text than those need.
        BatchError: with everything that is wrong in each request.
    """
    moment = aware(moment)
    found = read_rows(
        data,
        file,
        overrides,
        planned=lambda values: plan_order(values, moment=moment, knowledge=knowledge),
        faults_of=lambda values: faults_of(values, moment=moment, knowledge=knowledge),
        more=(FOR,),
    )
    faults = [(name, fault) for name, _ in found if (fault := _ends_like_another(name)) is not None]
    if faults:
        raise BatchError(file, faults)
    return tuple(NamedOrder(name, order) for name, order in found)


def _ends_like_another(name: str) -> InvalidValueError | None:
    """Return why a name cannot be that of files: ``a.chain.pem`` is the chain of ``a``, and not of ``a.chain``."""
    ending = _ENDING.search(name)
    if ending is None:
        return None
    return InvalidValueError("ordering.error.batch_name_ending", name=name, ending=ending[0])
