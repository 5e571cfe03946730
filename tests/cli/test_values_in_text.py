"""``cert check`` on a text that holds PEM as values: each by the name it has there, and nothing of a PEM file asked."""

from __future__ import annotations

from pathlib import Path

from tests.checking.test_named_in_text import FLAT
from tests.checking.test_values_in_text import CERTIFICATES, EXCHANGED
from tests.support.command import Command


def test_of_exchanged_keys_the_answer_names_one_and_counts_the_rest(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(FLAT["ConfigMap"](EXCHANGED))
    told = run("--lang", "nl", "cert", "check", file, "-e", "preproduction").told
    assert (
        "x.yaml als bestand: de privésleutel client.key hoort niet bij client.crt maar bij server.crt (en zo nog 1)"
        in told
    )
    assert "Zet de sleutel die nu server.key heet bij client.crt" in told


def test_a_sound_text_is_not_told_to_be_written_anew(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(FLAT["ConfigMap"](CERTIFICATES))
    assert "delivery.text.readable" not in run("cert", "check", file, "-e", "preproduction", "--strict-delivery").out
