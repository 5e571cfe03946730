"""One order: what is to be in a request, by the names people give it, completed by what a system asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pkitools.arguments import aware
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass, replace
from pkitools.oin import OIN
from pkitools.ordering.choosing import Choice, Reason, choose, names_against, oin_against, require_issuer
from pkitools.profiles import TSP, Presence, get_tsp, trial
from pkitools.requests import RequestPlan, SignatureScheme, plan_of
from pkitools.requests.batch import environment_named, signature_named
from pkitools.systems import System, get_system

FOR = "for"
"""The field of an order that names the system it is for."""


@dataclass(frozen=True, slots=True)
class Order:
    """A request that is right in everything but its key, and why it is what it is.

    Args:
        plan: the request.
        choice: what was chosen for the system; ``None`` where no system was named.
    """

    plan: RequestPlan
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class OrderingKnowledge:
    """Where systems and TSPs are looked up by name: an organisation may have its own.

    Args:
        system_named: returns the system of a name.
        tsp_named: returns the TSP of a name.
    """

    system_named: Callable[[str], System] = get_system
    tsp_named: Callable[[str], TSP] = get_tsp


def choice_of(
    values: Mapping[str, Any], *, moment: datetime, knowledge: OrderingKnowledge | None = None
) -> Choice | None:
    """Return what is chosen for the system that an order names; ``None`` where it names none.

    Args:
        values: the fields of the order; ``environment`` has to be among them.
        moment: when.
        knowledge: where systems and TSPs are looked up.

    Raises:
        NoChoiceError: nothing can be chosen.
        InvalidValueError: there is no such system, TSP, profile or environment.
    """
    moment = aware(moment)
    if FOR not in values:
        return None
    known = knowledge or OrderingKnowledge()
    tsp = known.tsp_named(values["tsp"]) if values.get("tsp") else None
    if not values.get("environment"):
        raise InvalidValueError("requests.error.batch_missing", field="environment")
    return choose(
        known.system_named(values[FOR]),
        environment_named(values["environment"]),
        moment=moment,
        tsp=tsp,
        profile=values.get("profile"),
        key_type=values.get("key_type"),
        signature=_scheme(values),
    )


def _scheme(values: Mapping[str, Any]) -> SignatureScheme | None:
    return signature_named(values["signature"]) if values.get("signature") else None


def missing(values: Mapping[str, Any], chosen: Choice) -> tuple[str, ...]:
    """Return the fields that profile or TSP ask and the order does not have, as the fields of an order are named.

    Without those of the profile there is no request (:func:`lacking`); what the TSP asks besides is a wish, of which
    the check of the request warns.

    Args:
        values: the fields of the order.
        chosen: what was chosen for it.
    """
    wished = (name for name in chosen.wanted if not values.get(name))
    return tuple(dict.fromkeys((*lacking(values, chosen), *wished)))


def lacking(values: Mapping[str, Any], chosen: Choice) -> tuple[str, ...]:
    """Return the fields without which no request can be made and that the order does not have.

    Args:
        values: the fields of the order.
        chosen: what was chosen for it.
    """
    needed = ("oin", "organization") if chosen.profile.serial_number == "oin" else ()
    return tuple(name for name in (*needed, "common_name") if not values.get(name))


def plan_order(values: Mapping[str, Any], *, moment: datetime, knowledge: OrderingKnowledge | None = None) -> Order:
    """Return the plan of an order, which names a profile, or a system for which one is chosen.

    Args:
        values: its fields, as those of a batch are named, with ``for``: the system.
        moment: when.
        knowledge: where systems and TSPs are looked up.

    Raises:
        NoChoiceError: for the system nothing can be chosen.
        InvalidValueError: with one sentence that says what to mend.
    """
    known, moment = knowledge or OrderingKnowledge(), aware(moment)
    chosen = choice_of(values, moment=moment, knowledge=known)
    if chosen is None:
        plan = plan_of(values, tsp_named=known.tsp_named)
        require_issuer(plan.tsp, plan.profile, plan.environment)
        return Order(plan)
    rest = {name: value for name, value in values.items() if name not in {FOR, "tsp"}}
    told = {"profile": chosen.profile.name, "environment": str(chosen.environment), "key_type": chosen.key_type}
    plan = replace(plan_of({**_named(rest, chosen), **told}, tsp=chosen.tsp), signature=chosen.signature)
    return Order(plan, replace(chosen, reasons=(*chosen.reasons, *_against(values, chosen, plan, moment))))


def _against(values: Mapping[str, Any], chosen: Choice, plan: RequestPlan, moment: datetime) -> Iterator[Reason]:
    """Yield what the system says against what is to be asked for."""
    yield from names_against(chosen, plan.dns_names, moment)
    if values.get("oin") and chosen.profile.serial_number == "oin":
        yield from oin_against(chosen, OIN.parse(str(values["oin"])), moment)


def _named(values: Mapping[str, Any], chosen: Choice) -> dict[str, Any]:
    """Return the fields with the names as TRIAL wants them: nobody takes such a certificate for a real one.

    The name of the system without what comes before it stays its DNS name, where the profile has those.
    """
    if chosen.tsp is None or not chosen.tsp.trial:
        return dict(values)
    rule = trial()
    fields = {"CN": "common_name", "O": "organization"}
    prefixed = [fields[name] for name in rule.prefixed if values.get(fields[name])]
    told = {name: f"{rule.name_prefix}{rule.without_prefix(values[name])}" for name in prefixed}
    names = {"dns": (rule.without_prefix(values["common_name"]),)}
    has_names = chosen.profile.san.presence is not Presence.FORBIDDEN
    return {**(names if has_names and not values.get("dns") else {}), **values, **told}
