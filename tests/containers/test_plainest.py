"""A file that is one certificate in the plainest form is read at once: as all the readers together read it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import product

import pytest

from pkitools.containers import read_source, reader
from pkitools.errors import PkitoolsError
from pkitools.frozen import replace
from tests.support.certificates import made
from tests.support.chains import crl, good_chain
from tests.support.requests import request

_LEAF = good_chain().leaf.der


def bodies() -> dict[str, bytes]:
    """Certificates, what stands under their label and is none, and what is one with something behind or in it."""
    return {
        "leaf": _LEAF,
        "authority": good_chain().tsp.der,
        "other": made("g1-server").der,
        "list": crl(good_chain().tsp),
        "request": request(),
        "public key": good_chain().leaf.spki,
        "cut off": _LEAF[:-1],
        "zeros behind": _LEAF + b"\x00\x00",
        "another behind": _LEAF + good_chain().tsp.der,
        "no value": b"certificate",
        "nothing": b"",
        "one octet of length more": _LEAF[:1] + b"\x83\x00" + _LEAF[2:],
    }


def written() -> Iterator[tuple[str, bytes]]:
    """Each of these in each of the forms that people and programs write."""
    labels = (b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE", b"X509 CRL")
    ends, widths = (b"\n", b"\r\n"), (64, 76, 63, 10_000)
    around = ((b"", b""), (b"", b"\n"), (b"\n", b""), (b"subject=x\n", b""), (b"", b"text\n"), (b"\xef\xbb\xbf", b""))
    for (name, der), label, end, width, (before, behind) in product(bodies().items(), labels, ends, widths, around):
        text = base64.b64encode(der)
        lines = [text[at : at + width] for at in range(0, len(text), width)]
        block = end.join([b"-----BEGIN %b-----" % label, *lines, b"-----END %b-----" % label])
        yield name, before + block + end + behind
        yield name, before + block + behind
    plain = base64.b64encode(_LEAF)
    for body in (
        plain.rstrip(b"=") + b"A",
        plain[:-1] + b"=",
        plain + b"=",
        b"*" + plain[1:],
        plain[:64] + b"\n\n" + plain,
    ):
        yield "broken", b"-----BEGIN CERTIFICATE-----\n" + body + b"\n-----END CERTIFICATE-----\n"


def said(data: bytes) -> object:
    """All that is read of a file; an error compares by what it says."""
    try:
        found = read_source(data, "a.pem")
    except PkitoolsError as error:
        return error.code, dict(error.params)
    problems = [(bad.position, bad.error.code, dict(bad.error.params)) for bad in found.problems]
    return replace(found, problems=()), problems


def test_it_is_read_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = list(written())
    at_once = [reader._one_certificate(data, "a.pem") for _, data in cases]
    taken = {name for (name, _), found in zip(cases, at_once, strict=True) if found is not None}
    assert taken == {"leaf", "authority", "other"}
    found = [said(data) for _, data in cases]
    monkeypatch.setattr(reader, "_one_certificate", lambda _data, _name: None)
    for (name, data), one in zip(cases, found, strict=True):
        assert one == said(data), (name, data[:80])


def test_the_way_most_programs_write_one_is_read_at_once() -> None:
    """Else the law above would compare the other way with itself."""
    text = base64.b64encode(_LEAF)
    lines = b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    whole = b"-----BEGIN CERTIFICATE-----\n%b\n-----END CERTIFICATE-----\n" % lines
    assert reader._one_certificate(whole, "a.pem") is not None
    for other in (whole + b"\n", b"\n" + whole, whole + whole, whole.replace(b"\n", b"\r\n"), whole[:-2]):
        assert reader._one_certificate(other, "a.pem") is None
