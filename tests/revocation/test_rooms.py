"""The rooms around revocation stand alone: each is imported by itself, first, in an interpreter of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pkitools.messages import LANGUAGES, template
from pkitools.revocation.codes import AttemptCode

ALONE = {
    # what is imported → what that must not bring along
    "from pkitools.crl import read_crl, CertificateRevocationList": ("fetching", "validation", "revocation"),
    "from pkitools.fetching import FetchRequest, FetchError": ("crl", "validation", "revocation", "containers"),
    "from pkitools.fetching import HttpFetcher, DiskCache": ("crl", "validation", "revocation", "containers"),
    "from pkitools.fetching import complete_from_aia": ("crl", "validation", "revocation"),
    "from pkitools.validation import validate_path": ("crl", "fetching", "revocation"),
    "from pkitools.revocation import check_revocation": ("checking", "rules", "trust"),
    "from pkitools.revocation.codes import AttemptCode": ("checking", "rules", "trust"),
    "from pkitools.x509.signatures import signed_with_sha2": ("crl", "validation", "revocation"),
}


@pytest.mark.slow
@pytest.mark.parametrize("line", ALONE)
def test_a_room_is_imported_by_itself_and_brings_no_more_than_it_needs(line: str) -> None:
    rooms = tuple(f"pkitools.{room}" for room in ALONE[line])
    look = f"import sys\n{line}\nprint(*[room for room in {rooms} if room in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_no_engine_that_few_paths_need_is_imported_before_it_is() -> None:
    look = "import sys, pkitools.validation, pkitools.revocation\nprint('pyhanko_certvalidator' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "False\n"


def test_every_reason_why_a_source_was_of_no_use_has_words_in_both_languages() -> None:
    """An answer in short says it: a code there is no word of the reader's language."""
    for code in AttemptCode:
        words = {language: template(f"report.attempt.{code.value}", language).get("title") for language in LANGUAGES}
        assert all(words.values()), (code, words)
