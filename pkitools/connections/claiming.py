"""Connections → what each of them claims of the certificates at its places: what a scan judges those by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from pkitools.arguments import aware, of_type
from pkitools.connections.chosen import best_of, key_meant_for
from pkitools.connections.model import Connection, Connections
from pkitools.connections.naming import bears_name
from pkitools.connections.owning import Owners, Places
from pkitools.frozen import replace
from pkitools.portfolio import Claim, HeldCertificate, HeldRequest, Portfolio
from pkitools.portfolio.claims import Stated
from pkitools.portfolio.where import same_place


def claims_of(connections: Connections) -> tuple[Claim, ...]:
    """Return what each connection claims, in the order of their file.

    Each is called by its organisation, system and environment, and by what tells it apart where others have the same.

    Args:
        connections: the connections; a pattern among their files stands for what there is by it now.
    """
    return tuple(_claim(one, name, connections.name) for name, one in _by_name(connections))


def claiming(connections: Connections) -> dict[str, Connection]:
    """Return the connections by the names of their claims, which are those of the judgements they ask for.

    Args:
        connections: the connections.
    """
    return dict(_by_name(connections))


def keys_named(connections: Connections, found: Portfolio) -> Mapping[str, str]:
    """Return the private keys that a connection names beside a certificate and that fit nothing, by their files.

    As ``status`` has it (:func:`~pkitools.connections.chosen.key_meant_for`).

    Args:
        connections: the connections.
        found: what a scan found that judged by what they claim.

    Returns:
        For each file with such a key the place of the certificate.
    """
    of_type(connections, Connections, "connections")
    of_type(found, Portfolio, "found")
    known = {one.spki_sha256 for one in found.certificates} | {each.spki_sha256 for each in found.requests}
    keys = {key.spki_sha256: key.place.name for key in found.keys if key.spki_sha256 is not None}
    stray = {same_place(name): name for spki, name in keys.items() if spki not in known}
    if not stray:
        return {}
    held: dict[str, list[HeldCertificate]] = {}
    for one in found.judged:
        for judgement in one.judgements:
            if judgement.connection is not None:  # what another connection finds wrong of it is not wrong for this one
                held.setdefault(judgement.connection, []).append(replace(one, judgements=(judgement,)))
    beside: dict[str, str] = {}
    for name, connection in _by_name(connections):
        own = (one for one in held.get(name, ()) if one.oin == connection.holder.oin and bears_name(one, connection))
        certificate = best_of(own, found.moment)
        if certificate is not None and (key := key_meant_for(certificate, connection, keys, stray)) is not None:
            beside[stray[same_place(key)]] = certificate.places[0].name
    return beside


def ordered_with(
    connections: Connections, requests: Iterable[HeldRequest], moment: datetime
) -> Mapping[HeldRequest, date]:
    """Return the requests that a certificate was ordered with, as all connections at whose places they lie state.

    Args:
        connections: the connections.
        requests: those for which there is no certificate.
        moment: as of when, aware: what is stated for later has not been done.

    Returns:
        With each the day of the order; of several the first.
    """
    of_type(connections, Connections, "connections")
    owners, today = Owners(connections), aware(moment).astimezone(UTC).date()
    found: dict[HeldRequest, date] = {}
    for request in requests:
        days = [one.ordered for one in owners.of(request.place)]
        stated = [day for day in days if day is not None and day <= today]
        if stated and len(stated) == len(days):
            found[request] = min(stated)
    return found


def others_alone(connections: Connections, found: Portfolio) -> Mapping[str, Sequence[HeldCertificate]]:
    """Return what lies at the places of connections of which nothing was found, and is of nobody there.

    Args:
        connections: the connections.
        found: what a scan found that judged by what they claim.

    Returns:
        By the names of the claims of those that have such.
    """
    of_type(connections, Connections, "connections")
    of_type(found, Portfolio, "found")
    claimed = {judgement.connection for one in found.judged for judgement in one.judgements}
    missing = {one.number: name for name, one in _by_name(connections) if name not in claimed}
    others: dict[str, list[HeldCertificate]] = {}
    if not missing:
        return others  # as of most
    owners = Owners(connections)
    for one in found.judged:
        for connection in dict.fromkeys(each for place in one.places for each in owners.of(place)):
            is_other = one.oin != connection.holder.oin and not owners.is_of_another(one, connection)
            if connection.number in missing and is_other:
                others.setdefault(missing[connection.number], []).append(one)
    return others


def _by_name(connections: Connections) -> Iterator[tuple[str, Connection]]:
    of_type(connections, Connections, "connections")
    apart = connections.told_apart()
    for one in connections.connections:
        own = apart[one.number]
        yield f"{_called(one)} ({own})" if own else _called(one), one


def _claim(one: Connection, name: str, file: str) -> Claim:
    places = Places.of(one.files, file)
    return Claim(
        name=name,
        places=places.there,
        named=places.named,
        environment=one.environment,
        oin=one.holder.oin,
        system=one.system,
        entity_id=one.entity_id,
        stated=Stated(one.live, one.tested),
    )


def _called(one: Connection) -> str:
    system = () if one.system is None else (one.system.name,)
    return "/".join((one.organization.key, *system, str(one.environment)))
