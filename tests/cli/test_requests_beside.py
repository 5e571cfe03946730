"""A request beside a certificate: which is held to it, and which is for a next one, however both are handed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from pkitools.requests.keys import to_pem, wrap_key
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import build
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.requests import dns, pooled_key, request, subject

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
BESIDE, NEXT, ASKED = (f"received.request.{slug}" for slug in ("beside", "next", "key"))
HOST: Final = "mijn.voorbeeld.nl"

# the files of each way to hand both in, and the words that name them; with {cert}, {key} and {csr} in a text
Layout = tuple[dict[str, str], str]
DUMPS: Final[dict[str, Callable[[object], str]]] = {"json": json.dumps, "yaml": yaml.safe_dump}


def texts(kind: str, value: object) -> Layout:
    return {f"d.{kind}": DUMPS[kind](value)}, f"@d.{kind}"


# it says that the request is for this certificate: an option, or one name for both
HELD: Final[dict[str, Layout]] = {
    "--csr": ({"s.pem": "{cert}", "order.csr": "{csr}"}, "@s.pem --csr @order.csr"),
    "one stem, named": ({"s.pem": "{cert}", "s.csr": "{csr}"}, "@s.pem @s.csr"),
    "one stem, named beside its key": ({"s.pem": "{cert}", "s.key": "{key}", "s.csr": "{csr}"}, "@s.pem @s.key @s.csr"),
    "one stem in a folder": ({"d/s.pem": "{cert}", "d/s-req.pem": "{csr}"}, "@d"),
    "names that say the kind alone": ({"d/cert.pem": "{cert}", "d/request.csr": "{csr}"}, "@d"),
    "folders for each kind": ({"d/certs/s.pem": "{cert}", "d/csr/s.csr": "{csr}"}, "@d/certs/s.pem @d/csr/s.csr"),
    "one file": ({"s.pem": "{cert}{csr}"}, "@s.pem"),
    **{f"one section, {kind}": texts(kind, {"s": {"cert": "{cert}", "csr": "{csr}"}}) for kind in DUMPS},
    **{
        f"one section with its key, {kind}": texts(kind, {"s": {"cert": "{cert}", "key": "{key}", "csr": "{csr}"}})
        for kind in DUMPS
    },
    **{f"one stem in a text, {kind}": texts(kind, {"s_cert": "{cert}", "s_csr": "{csr}"}) for kind in DUMPS},
    **{
        f"one name in sections of each kind, {kind}": texts(kind, {"certs": {"s": "{cert}"}, "csrs": {"s": "{csr}"}})
        for kind in DUMPS
    },
}
# nothing says that
FREE: Final[dict[str, Layout]] = {
    "another stem, named": ({"s.pem": "{cert}", "s-next.csr": "{csr}"}, "@s.pem @s-next.csr"),
    "another stem, named beside its key": (
        {"s.pem": "{cert}", "s.key": "{key}", "s-next.csr": "{csr}"}, "@s.pem @s.key @s-next.csr",
    ),
    "another stem in a folder": ({"d/s.pem": "{cert}", "d/order.csr": "{csr}"}, "@d"),
    **{
        f"sections of their own, {kind}": texts(kind, {"now": {"cert": "{cert}"}, "order": {"csr": "{csr}"}})
        for kind in DUMPS
    },
    **{
        f"sections of their own, with the key, {kind}": texts(
            kind, {"now": {"cert": "{cert}", "key": "{key}"}, "order": {"csr": "{csr}"}}
        )
        for kind in DUMPS
    },
    **{
        f"deeper, {kind}": texts(
            kind, {"app": {"now": {"cert": {"pem": "{cert}"}}, "order": {"csr": {"pem": "{csr}"}}}}
        )
        for kind in DUMPS
    },
    **{
        f"another stem in a section, {kind}": texts(kind, {"s": {"cert": "{cert}", "next_csr": "{csr}"}})
        for kind in DUMPS
    },
    **{f"another stem in a text, {kind}": texts(kind, {"s_cert": "{cert}", "t_csr": "{csr}"}) for kind in DUMPS},
}  # fmt: skip


@pytest.fixture(scope="module")
def issued() -> IssuedCertificate:
    return build("g4-tls", moment=MOMENT, keys=SHARED_KEYS).issue("g4-tls", dns=[HOST])


@pytest.mark.parametrize("layout", [*HELD, *FREE])
def test_a_request_of_another_key_is_an_error_where_it_is_said_to_be_for_this_certificate_and_else_a_notice(
    run: Command, issued: IssuedCertificate, tmp_path: Path, layout: str
) -> None:
    """One that fits says nothing, wherever it lies."""
    assert isinstance(issued.key, RSAPrivateKey)
    own = wrap_key(issued.key, made_here=True)
    (tmp_path / "root.pem").write_bytes(issued.root.pem)
    files, line = {**HELD, **FREE}[layout]
    values = {attribute.name: attribute.value for attribute in issued.facts.subject}
    for key, wanted in ((own, None), (pooled_key("rsa:2048"), BESIDE if layout in HELD else NEXT)):
        given = {
            "cert": issued.chain_pem,
            "key": own.pem(None),
            "csr": to_pem("CERTIFICATE REQUEST", request(subject(**values), dns(HOST), key=key)),
        }
        for name, text in files.items():
            written = text
            for kind, content in given.items():
                coded = content.decode()
                if name.startswith("d."):
                    coded = json.dumps(coded)[1:-1]
                    written = written.replace(f"'{{{kind}}}'", f'"{coded}"').replace(f": {{{kind}}}", f': "{coded}"')
                written = written.replace(f"{{{kind}}}", coded)
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(written, encoding="utf-8")
            (tmp_path / name).chmod(0o600)
        words = [str(tmp_path / word[1:]) if word[0] == "@" else word for word in line.split()]
        asked = ["-e", "preproduction", "--offline", "--revocation", "off", "--trust", str(tmp_path / "root.pem")]
        ran = run("cert", "check", *words, *asked, "--moment", MOMENT.isoformat(), "--json")
        reports = [ran.document["reuse"], *(each["report"] for each in ran.document["files"])]
        reports += [one["report"] for one in ran.document["certificates"]]
        found = {
            (each["code"], each["severity"])
            for report in filter(None, reports)
            for each in report["findings"]
            if each["code"] in {BESIDE, NEXT, ASKED}
        }
        code = ASKED if wanted == BESIDE and "--csr" in line else wanted
        assert found == ({(code, "notice" if wanted == NEXT else "error")} if wanted else set()), ran.out
        assert ran.code == (10 if wanted == BESIDE else 0)
        assert ran.document["verdict"] == ("failed" if wanted == BESIDE else "passed")
        if wanted == NEXT:  # a fact that is told, and not passed over in silence
            assert f"[{NEXT}]" in run("cert", "check", *words, *asked, "--moment", MOMENT.isoformat()).out
