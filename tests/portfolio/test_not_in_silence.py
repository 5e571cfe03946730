"""What holds a key or a certificate in a form that is not read is told of, and not counted among what holds none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.portfolio.support import gaps, scanned
from tests.support.cases import in_one_test
from tests.support.metadata import descriptor, entity, role

DECLARED = '<?xml version="1.0" encoding="cp037"?>'
BARE = entity(role(descriptor(info=" ")))
EMPTY = entity(role(keys=""))


@in_one_test
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BARE.encode(), "sources.error.saml_bare_key"),
        (BARE.encode("utf-16"), "sources.error.saml_bare_key"),
        (EMPTY.encode(), None),
        ((DECLARED + BARE).encode("cp037"), "sources.error.other_kind"),
        ((DECLARED + entity()).encode("cp500"), "sources.error.other_kind"),
        ((DECLARED + entity()).encode("cp1140"), "sources.error.other_kind"),
        (b"<notes/>", None),
    ],
)
def test_what_is_not_read_is_a_gap(tmp_path: Path, data: bytes, code: str | None) -> None:
    (tmp_path / "f.xml").write_bytes(data)
    found = scanned(tmp_path)
    assert gaps(found, tmp_path) == ({} if code is None else {"f.xml": code})
    assert found.passed_over == (code is None)
