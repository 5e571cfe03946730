"""A key that does not fit the certificate of its name is told, whatever requests for it lie about."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.chain import check_keys_together, together
from pkitools.checking.private_keys import NAMED
from pkitools.containers import read_source
from pkitools.findings import Severity, Status
from pkitools.portfolio.beside import misfits
from pkitools.requests.keys import to_pem
from tests.portfolio.support import CHAIN, scanned
from tests.support.cases import in_one_test
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem
from tests.support.requests import dns, pooled_key, request, subject

HOST: Final = "host.example.nl"
PAIRS: Final = (("web/tls.crt", "web/tls.key"), ("web/certs/digid.pem", "web/private/digid.key"))
# where the request for the key lies, and whether that is beside it
BESIDE: Final = {
    "{folder}/{stem}.csr": True,
    "{folder}/next.csr": True,
    "web/csr/next.csr": True,
    "old/2019/x.csr": False,
}
ASKED: Final = {"its name": HOST, "another": "never.example.nl"}


@in_one_test
@pytest.mark.parametrize(("files", "where", "asked"), [*product(PAIRS, BESIDE, ASKED)])
def test_a_request_is_an_excuse_only_beside_the_key_and_for_its_name_and_never_for_silence(
    tmp_path: Path, files: tuple[str, str], where: str, asked: str
) -> None:
    certificate, key = files
    place = where.format(folder=Path(key).parent, stem=Path(key).stem)
    next_key, name = pooled_key("ec:p-256"), ASKED[asked]
    given = {
        certificate: pem(end_entity(HOST, good_chain().tsp).der) + CHAIN,
        key: next_key.pem(None),
        place: to_pem("CERTIFICATE REQUEST", request(subject(CN=name), dns(name), key=next_key)),
    }
    for each, data in given.items():
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).write_bytes(data)
    is_ordered = BESIDE[where] and (asked == "its name" or "{stem}" in where)
    wanted = {Severity.WARNING if is_ordered else Severity.ERROR}
    found = scanned(tmp_path)
    (one,) = found.judged
    assert {each.rule.severity for each in one.findings if each.rule.code == NAMED.code} == wanted
    assert [misfit.place.name for misfit, _, _ in misfits(found)] == [str(tmp_path / key)]
    read = {str(tmp_path / each): read_source(data, each) for each, data in given.items()}
    told = check_keys_together(read, None, together(read).chains, ())
    violated = (each.rule for each in told if each.status is Status.VIOLATED)
    assert {rule.severity for rule in violated if rule.code == NAMED.code} == wanted
