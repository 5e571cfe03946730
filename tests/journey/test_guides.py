"""Both guides, walked from the OIN to the renewal: every command line, its exit code, and the output that is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.journey.pages import as_always, lines_of, page_text
from tests.journey.walking import Walker
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.metadata import Holder, descriptor, entity, role, signed
from tests.support.serving import real_time
from tests.support.shared import shared

MACHTIGEN, EHERKENNING = "aansluiten-digid-machtigen.md", "aansluiten-eherkenning.md"
ENTITY_ID = "urn:etoegang:DV:00000003273229750000:entities:9001"


def metadata(folder: Path, name: str, entity_id: str = ENTITY_ID, uses: Sequence[str | None] = (None,)) -> bytes:
    """What the software of who connects makes: metadata signed with a key of the walk."""
    secret = (folder / "wachtwoord").read_bytes().strip()
    key = load_pem_private_key((folder / f"{name}.key").read_bytes(), secret)
    assert isinstance(key, rsa.RSAPrivateKey)
    held = Holder(key, x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()))
    until = (real_time() + timedelta(days=180)).strftime('validUntil="%Y-%m-%dT00:00:00Z"')
    return signed(
        entity(role(keys="".join(descriptor(held, use=use) for use in uses)), entity_id=entity_id, attributes=until),
        held,
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", [MACHTIGEN, EHERKENNING])
def test_the_page_is_walked(page: str, tmp_path: Path, run: Command) -> None:
    for module in ("signxml", "cheroot", "OpenSSL"):
        pytest.importorskip(module, reason=f"{module} is not installed")
    made = {"metadata.xml": "test", "metadata-nieuw.xml": "nieuw"}
    walker = Walker(tmp_path, run, {name: partial(metadata, tmp_path, held) for name, held in made.items()})
    try:
        for line in lines_of(page_text(page)):
            walker.walk(line)
        walker.end()
    finally:
        walker.give_up()
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in tmp_path.glob("*publiek*"))
    for text, printed in walker.printed.items():
        if "--for eherkenning -e preproductie" in text:
            assert len(re.findall("^ *FOUT: ", printed, re.MULTILINE)) <= 1, "as the page says: the test certificate"


@pytest.mark.parametrize("environment", ["preproductie", "productie"])
@pytest.mark.parametrize("system", ["digid-machtigen", "eherkenning"])
def test_of_a_real_certificate_the_answer_is_what_the_pages_say(system: str, environment: str, run: Command) -> None:
    real = shared("samples/certificates/PrivateG1_lab.api.mijniconnect.nl_20251009.pem")
    asked = ("-e", environment, "--for", system, "--offline", "--revocation", "off", "--moment", "2026-11-26")
    ran = run("cert", "check", real, *asked)
    assert ran.code == 0
    assert ran.out.startswith("GESLAAGD ")


TASKS: dict[int, tuple[str, str, str]] = {
    1: ("order in time", MACHTIGEN, "systems show digid-machtigen"),
    2: ("order, or reuse what there is", MACHTIGEN, "cert check bestaand -e --for --oin"),
    3: ("one for preproduction and one for production", MACHTIGEN, "cert check pre.pem -e --for --beside"),
    4: ("from the fiscal number to the OIN", MACHTIGEN, "oin derive --btw"),
    5: ("the OIN into the certificate", MACHTIGEN, "csr create -e productie --oin"),
    6: ("what my TSP wants", MACHTIGEN, "csr create --tsp --locality --province"),
    7: ("which product to order", MACHTIGEN, "csr create --for digid-machtigen -e productie"),
    8: ("the data of the certificate for the form", MACHTIGEN, "export public prod.pem --out"),
    9: ("self-signed in preproduction", MACHTIGEN, "csr create --self-signed --for digid-machtigen -e preproductie"),
    10: ("two-sided TLS", MACHTIGEN, "test-pki serve --tls --accept pre-publiek.pem"),
    11: ("send the public part", MACHTIGEN, "export public pre.pem --out pre-publiek.pem"),
    12: ("test the connection", MACHTIGEN, "probe --client-cert pre.pem --client-key pre.key --for digid-machtigen"),
    13: ("what a URL really serves", MACHTIGEN, "probe localhost:8443 -e preproductie"),
    14: ("production must be PKIoverheid", MACHTIGEN, "cert check pre.pem -e productie --for digid-machtigen"),
    15: ("the form needs the certificate first", MACHTIGEN, "cert check pre.pem -e preproduction --for"),
    16: ("a supplier may only do preproduction", MACHTIGEN, "systems show digid-machtigen"),
    17: ("stay valid", MACHTIGEN, "g4 plan prod.pem --for digid-machtigen"),
    18: ("receive and install", MACHTIGEN, "cert check prod.pem -e production --key --csr"),
    19: ("the chain", MACHTIGEN, "chain complete prod.pem --out"),
    20: ("compare preproduction and production", MACHTIGEN, "cert check prod.pem --beside productie=prod.pem"),
    21: ("metadata to the broker", EHERKENNING, "metadata check metadata.xml --for eherkenning"),
    22: ("test with the broker and the supplier", EHERKENNING, "probe localhost:8443 --client-cert test.chain.pem"),
}
"""What the two connection guides ask around certificates: task → page, and words of the command that does it."""

SHOWN = {
    1: "Registratie als nieuwe abonnee bij een certificaatverstrekker (TSP) kost een aantal weken",
    7: "g1-server (Private Services)",
    15: "pkitools export public pre.pem --out pre-publiek.pem",
    16: "Een leverancier mag alleen op preproductie aansluiten",
    17: "bestel het volgende uiterlijk op deze dag",
    20: "Eén certificaat in twee omgevingen",
}
"""Where the answer to a task is a sentence: what the page shows of it."""


@in_one_test
@pytest.mark.parametrize("number", TASKS)
def test_each_task_is_done_by_a_command_of_a_page(number: int) -> None:
    _, page, words = TASKS[number]
    done = [line for line in lines_of(page_text(page)) if {"pkitools", *words.split()} <= set(line.text.split())]
    assert done, f"no command line of {page} has: {words}"
    assert any(as_always(SHOWN.get(number, "")) in as_always(" ".join(line.shown)) for line in done)


def test_all_22_are_there() -> None:
    assert list(TASKS) == list(range(1, 23))
