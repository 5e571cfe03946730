"""A second opinion on signatures of metadata: xmlsec1 finds good what we do, and bad what we do."""

from __future__ import annotations

import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from pkitools.metadata import read_metadata
from pkitools.metadata.signatures import SignatureStatus
from tests.support.metadata import EXCLUSIVE, descriptor, entities, entity, holder, role, signed
from tests.support.shared import shared

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed"),
]

PLAIN = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
METHODS = product(("rsa-sha256", "rsa-sha384", "rsa-sha512"), ("sha256", "sha384", "sha512"), (EXCLUSIVE, PLAIN))
MADE = {
    **{
        f"{algorithm} {digest} {canonical.rpartition('/')[2]}": signed(
            entity(), algorithm=algorithm, digest=digest, canonical=canonical
        )
        for algorithm, digest, canonical in METHODS
    },
    "a list": signed(entities(entity(), entity(identity="_2")), reference="_0"),
    "several keys": signed(entity(roles=role(keys=descriptor() + descriptor(holder(1))))),
    "letters of other scripts": signed(entity(entity_id="https://example.nl/é€𐍈")),
    "white space and comments": signed(entity().replace("><", ">\n<!-- c -->  <")),
}


def second_opinion(path: Path) -> SignatureStatus:
    ids = [
        f"--id-attr:ID=urn:oasis:names:tc:SAML:2.0:metadata:{name}"
        for name in ("EntityDescriptor", "EntitiesDescriptor")
    ]
    arguments = [word for each in ids for word in each.split("=", 1)]
    done = subprocess.run(
        ["xmlsec1", "--verify", "--insecure", *arguments, str(path)], capture_output=True, check=False
    )
    return SignatureStatus.GOOD if done.returncode == 0 else SignatureStatus.BAD


@pytest.mark.slow
def test_both_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    for name, good in MADE.items():
        changed = good.replace(b"dienst.example", b"diensd.example")
        for data, expected in ((good, SignatureStatus.GOOD), (changed, SignatureStatus.BAD)):
            path.write_bytes(data)
            assert read_metadata(data, "m").verified.status is second_opinion(path) is expected, name


def test_both_say_the_same_of_a_real_file() -> None:
    path = shared("samples/metadata/eherkenning-metadata_iwelcome_2020.xml")
    assert read_metadata(path.read_bytes(), "m").verified.status is second_opinion(path) is SignatureStatus.BAD
