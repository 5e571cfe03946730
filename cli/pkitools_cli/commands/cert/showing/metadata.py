"""What ``cert show`` says to people of SAML: the entities of metadata, which certificate is which, and messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from pkitools.containers import Item
from pkitools.containers.saml_described import Described
from pkitools.containers.saml_messages import SamlMessage
from pkitools.containers.saml_names import SIGNATURE
from pkitools.messages.days import day_and_time
from pkitools.reports.showing.document import entity_oin
from pkitools_cli.commands.cert.showing.words import Rows, listed, standing_text, word
from pkitools_cli.i18n import language, tr


def metadata_rows(described: Iterable[Described], moment: datetime) -> Rows:
    """Return the rows of metadata: each entity or list of them, and until when what it says may be used."""
    lines = listed(line for one in described for line in _described(one, moment))
    return [("metadata", lines)] if lines else []


def _described(one: Described, moment: datetime) -> Iterator[str]:
    yield f"{one.element}:"
    yield one.name or "-"  # on a line of its own, where it is not split
    oin = entity_oin(one.name) if one.is_entity else None
    if oin is not None:
        yield f"    {tr('cli.cert_show.oin_in_id', oin=oin)}"
    if one.valid_until is not None:
        yield f"    {standing_text(None, one.valid_until, moment)}"
    elif one.valid_until_text is not None:
        yield f"    {tr('cli.cert_show.no_moment', text=one.valid_until_text)}"
    if one.cache_duration is not None:
        yield f"    {tr('cli.cert_show.cache_duration', text=one.cache_duration)}"


def place_rows(item: Item) -> Rows:
    """Return the rows that say which of the certificates of metadata it is."""
    if item.role is None:
        return []
    role, use = word("role", item.role), word("use", item.use or "both")
    lines = [f"{item.role}: {role}" if role != item.role else role]
    if item.role != SIGNATURE:
        lines.append(f"use={item.use}: {use}" if item.use else use)
    return [("place", lines), *([("entity_id", [item.entity_id])] if item.entity_id else [])]


def message_rows(message: SamlMessage) -> Rows:
    """Return the rows of a SAML message."""
    oin = entity_oin(message.issuer)
    rows: Rows = [
        ("message_type", [message.type]),
        ("message_issuer", [message.issuer or "", tr("cli.cert_show.oin_in_id", oin=oin) if oin else ""]),
        ("destination", [message.destination or ""]),
        ("issue_instant", [day_and_time(message.issue_instant, language()) if message.issue_instant else ""]),
        ("message_id", [message.id or ""]),
        ("message_signed", [tr(f"cli.cert_show.signed.{'yes' if message.signed else 'no'}")]),
    ]
    told = [(label, [value for value in values if value]) for label, values in rows]
    return [row for row in told if row[1]]
