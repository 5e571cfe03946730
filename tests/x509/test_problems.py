"""Every problem has its sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pkitools.trust
import pkitools.x509
from pkitools.messages import LANGUAGES
from pkitools.x509 import problem_sentence
from pkitools.x509.problems import SLUGS
from tests.support.cases import in_one_test


@in_one_test
@pytest.mark.parametrize("slug", SLUGS)
def test_every_problem_has_its_sentence(slug: str) -> None:
    sentences = {problem_sentence(f"{slug}:subject", language) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES)
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)


def test_the_list_is_what_the_reader_notes() -> None:
    folder = Path(pkitools.x509.__file__).parent
    noted = set()
    for path in folder.glob("*.py"):
        noted |= set(re.findall(r'note\(f?"([a-z0-9_]+):', path.read_text(encoding="utf-8")))
    of_the_catalogue = Path(pkitools.trust.__file__).parent / "known_authorities.py"
    noted |= set(re.findall(r'f"([a-z_]+):\{', of_the_catalogue.read_text(encoding="utf-8")))
    assert noted == set(SLUGS)


def test_an_extension_is_called_by_name() -> None:
    sentence = problem_sentence("duplicate_extension:2.5.29.15", "en")
    assert sentence.startswith("The extension keyUsage (2.5.29.15) occurs more than once")


def test_what_a_certificate_says_is_made_visible() -> None:
    assert "\x1b" not in problem_sentence("undecodable_string:\x1b[31m", "nl")
