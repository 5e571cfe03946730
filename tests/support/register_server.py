"""The OIN register on the loopback address, in both of its forms, as well or as badly as a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pkitools_test_pki.faults.http import Exchange
from tests.support.fault_server import FaultServer

Parameters = Mapping[str, str]
Change = Callable[["Answer"], "Answer"]

MAIN, SUB, GONE = "00000001822477348000", "00000004194049711000", "00000003520354760000"
RECORDS: Sequence[Mapping[str, Any]] = (
    {"oin": MAIN, "naam": "Logius", "status": "Actief", "KVKNummer": "27373207", "organisatieType": "MNRE"},
    {
        "oin": SUB,
        "naam": "Digilevering Integrator",
        "status": "Actief",
        "kvkNummer": None,
        "afgifteDatum": "2017-08-23T22:00:00Z",
        "hoofdOIN": {"_links": {"self": {"href": f"https://example.nl/organisaties/{MAIN}"}}},
    },
    {
        "oin": GONE,
        "naam": "Gemeente Weg",
        "status": "Ingetrokken",
        "kvkNummer": "52035476",
        "intrekDatum": "2020-01-01",
    },
)


class Answer:
    """One answer, before it is sent."""

    def __init__(self, records: Sequence[Any], total: int, parameters: Parameters) -> None:
        self.status, self.kind, self.parameters = 200, "application/hal+json", parameters
        self.headers: dict[str, str] = {"X-Total-Count": str(total), "X-Pagination-Limit": "2"}
        self.body = json.dumps({"_links": {"self": {"href": "x"}}, "organisaties": list(records)}).encode()

    def sent(self) -> bytes:
        headers = {**self.headers, "Content-Type": self.kind, "Content-Length": str(len(self.body))}
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def _matches(record: Mapping[str, Any], asked: Parameters) -> bool:
    held = {name.lower(): value for name, value in record.items()}
    return all(
        (asked[name] in held["naam"]) if name == "naam" else held.get(name.lower()) == asked[name]
        for name in ("oin", "kvkNummer", "naam")
        if name in asked
    )


def serve_api(server: FaultServer, change: Change = lambda answer: answer, records: Sequence[Any] = RECORDS) -> str:
    """Serve the documented API, two records on a page; return its address."""

    def behave(exchange: Exchange) -> None:
        asked = dict(parse_qsl(urlsplit(exchange.target).query))
        found = [each for each in records if not isinstance(each, Mapping) or _matches(each, asked)]
        start = 2 * (int(asked.get("pagina", "1")) - 1)
        exchange.connection.sendall(change(Answer(found[start : start + 2], len(found), asked)).sent())

    return server.serve("/api/v1/organisaties", behave).removesuffix("/organisaties")


def serve_list(server: FaultServer, count: int = 3, change: Change = lambda answer: answer) -> str:
    """Serve the list of the website; return its address. Its statuses take turns."""
    records = [
        {
            "oin": f"00000003{number:08d}0000",
            "name": f"Gemeente {number}",
            "kvkNumber": f"{number:08d}",
            "organisationType": "GM",
            "status": "Inactief" if number % 2 == 0 else "Actief",
            "creationDate": "2020-01-01T00:00:00Z",
        }
        for number in range(1, count + 1)
    ]

    def behave(exchange: Exchange) -> None:
        asked = dict(parse_qsl(urlsplit(exchange.target).query))
        size = int(asked["pageSize"])
        start = size * (int(asked["page"]) - 1)
        answer = Answer((), len(records), asked)
        answer.headers.pop("X-Pagination-Limit")
        answer.body, answer.kind = json.dumps(records[start : start + size]).encode(), "application/json"
        exchange.connection.sendall(change(answer).sent())

    return server.serve("/organisations/public", behave)
