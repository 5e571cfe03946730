"""XML that was made to hurt: a sentence of ours, in bounded time and memory, with nothing opened and nobody asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_METADATA_BYTES, MAX_XML_DEPTH
from pkitools.metadata import read_metadata
from pkitools.metadata.signatures import SignatureStatus
from tests.support.cases import in_one_test
from tests.support.effort import bounded
from tests.support.metadata import descriptor, entity, good

PLAIN = entity().encode()


def with_dtd(subset: str, text: str = "x") -> bytes:
    """Metadata behind a document type."""
    return f"<!DOCTYPE a [{subset}]>".encode() + PLAIN.replace(b"https://dienst", f"{text}https://dienst".encode(), 1)


def nested(depth: int) -> bytes:
    return PLAIN.replace(b"</md:EntityDescriptor>", b"<a>" * depth + b"</a>" * depth + b"</md:EntityDescriptor>")


LAUGHS = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
ATTACKS = {
    "laughs": with_dtd(LAUGHS, "&i;"),
    "quadratic": with_dtd(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 10_000),
    "file": with_dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
    "http": with_dtd('<!ENTITY a SYSTEM "http://127.0.0.1:9/a">', "&a;"),
    "external": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + PLAIN,
    "parameter": with_dtd('<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;'),
    "depth": nested(200_000),
    "attributes": PLAIN.replace(b" ID=", (" ".join(f'a{n}="x"' for n in range(100_000)) + " ID=").encode(), 1),
    "xinclude": PLAIN.replace(
        b"</md:EntityDescriptor>",
        b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></md:EntityDescriptor>',
    ),
    "utf-7": b'<?xml version="1.0" encoding="UTF-7"?>' + "<!DOCTYPE a [<!ENTITY a 'x'>]><a>&a;</a>".encode("utf-7"),
    "utf-16": ('<?xml version="1.0" encoding="UTF-16"?>' + with_dtd(LAUGHS, "&i;").decode()).encode("utf-16"),
    "utf-16 without a mark": PLAIN.decode().encode("utf-16-le"),
    "another encoding": b'<?xml version="1.0" encoding="cp037"?>' + PLAIN,
    "namespaces": PLAIN.replace(b" ID=", (" ".join(f'xmlns:n{n}="u{n}"' for n in range(150_000)) + " ID=").encode(), 1),
    "elements": nested(0).replace(b"<a>", b"").replace(b"</md:Entity", b"<a/>" * 100_000 + b"</md:Entity"),
    "too large": PLAIN + b" " * MAX_METADATA_BYTES,
    "cut off": PLAIN[:500],
    "no text": b"\x00" * 1000,
    "empty": b"",
    "json depth": b"[" * 200_000,
    "json": b'{"keys": [1, null]}',
}


CODES = {
    "depth": "metadata.error.too_many_depth",
    "attributes": "metadata.error.too_many_attributes",
    "xinclude": "metadata.error.xinclude",
    "utf-7": "metadata.error.encoding",
    "utf-16 without a mark": "metadata.error.encoding",
    "another encoding": "metadata.error.encoding",
    "namespaces": "metadata.error.too_many_namespaces",
    "elements": "metadata.error.too_many_elements",
    "too large": "files.error.too_large",
    "cut off": "metadata.error.not_well_formed",
    "no text": "metadata.error.neither",
    "empty": "files.error.empty",
    "json depth": "metadata.error.not_json",
    "json": "metadata.error.no_jwk",
}


def spaces(count: int) -> str:
    return " ".join(f'xmlns:n{n}="u{n}"' for n in range(count))


@in_one_test
@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_made_to_hurt_is_refused_soon(name: str) -> None:
    with bounded(1), pytest.raises(InputError) as refused:
        read_metadata(ATTACKS[name], "m.xml")
    assert refused.value.code == CODES.get(name, "sources.error.xml_document_type")
    assert "m.xml" in str(refused.value)


REFERENCE = re.compile(r"<ds:Reference.*?</ds:Reference>")
TRANSFORM = re.compile(r"<ds:Transform .*?(?=</ds:Transforms>)")
MANY = f"<ds:X509Data>{'<ds:X509Certificate>AA==</ds:X509Certificate>' * 10_000}</ds:X509Data>"
COSTLY: dict[str, Callable[[str], str]] = {
    "references": lambda text: REFERENCE.sub(lambda found: found[0] * 5_000, text),
    "transforms": lambda text: TRANSFORM.sub(lambda found: found[0] * 5_000, text),
    "namespaces": lambda text: text.replace(" entityID=", f" {spaces(85)} entityID=", 1),
    "elements in many namespaces": lambda text: text.replace(
        "<md:SPSSO", f"<md:Extensions {spaces(85)}>{'<a/>' * 40_000}</md:Extensions><md:SPSSO", 1
    ),
    "a long text": lambda text: text.replace("<md:SPSSO", f"<a>{'x' * 9_000_000}</a><md:SPSSO", 1),
    "certificates": lambda text: text.replace("<md:KeyDescriptor", f"{descriptor(info=MANY)}<md:KeyDescriptor", 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COSTLY)
def test_a_signature_costs_what_the_file_is_large(name: str) -> None:
    data = COSTLY[name](good().decode()).encode()
    with bounded(2):
        assert read_metadata(data, "m").verified.status is SignatureStatus.BAD


@pytest.mark.parametrize("depth", [0, 1, MAX_XML_DEPTH - 1])
def test_what_is_within_the_bounds_is_read(depth: int) -> None:
    assert read_metadata(nested(depth), "m.xml").names


def test_one_deeper_than_the_bound_is_refused() -> None:
    with pytest.raises(LimitError):
        read_metadata(nested(MAX_XML_DEPTH + 1), "m.xml")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_that_are_taken_say_the_same(codec: str) -> None:
    declared = "" if codec == "utf-8" else f'<?xml version="1.0" encoding="{codec.removesuffix("-sig")}"?>'
    text = entity(entity_id="https://dienst.example.nl/é")
    assert read_metadata(f"{declared}{text}".encode(codec), "m").names == ("https://dienst.example.nl/é",)


CHILD = """
import json, resource, sys
from tests.metadata.test_hostile_xml import ATTACKS
from pkitools.errors import InputError
from pkitools.metadata import check_metadata
from datetime import UTC, datetime
def ask(data):
    try:
        check_metadata(data, system="digid", environment="production", moment=datetime.now(UTC), name="m")
        return "judged"
    except InputError as error:
        return error.code
ask(b"<a/>")
opened = []
def hook(event, arguments):
    if event in {"open", "socket.__new__", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"}:
        path = str(arguments[0])
        if not path.endswith((".py", ".pyc", ".so", ".toml", ".table")):
            opened.append((event, path))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.addaudithook(hook)
codes = {name: ask(data) for name, data in ATTACKS.items()}
more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([codes, opened, more]))
"""


@pytest.mark.slow
def test_nothing_is_opened_nobody_is_asked_and_memory_is_bounded() -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, cwd=root, timeout=60
    )
    codes, opened, more = json.loads(ran.stdout)
    assert opened == []
    assert "judged" not in codes.values()
    assert more < 100 * 1024
