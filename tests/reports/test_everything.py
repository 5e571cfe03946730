"""Every broken certificate of the test PKI and the real samples in one heap: the states expected, in every form."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pkitools.messages import message
from pkitools_test_pki.defects.catalogue import write_catalogue
from tests.reports.test_portfolio_forms import cases, own, sarif_run
from tests.support.broken import laboratory
from tests.support.chains import MOMENT
from tests.support.pages import parsed
from tests.support.schemas import assert_valid
from tests.support.shared import shared

pytestmark = pytest.mark.slow

FORMS: Final = ("json", "csv", "ics", "sarif", "xml", "md", "prom", "html")

_UNASKED: Final = "it is refused for a system, a host, an entity ID or in production, and nobody asked for that"
_REQUIRED: Final = "its own lists are of no use, and good ones lie beside them"

# What is refused by itself and is good in the heap, and why. All else that is refused must not be good in it.
GOOD_IN_A_HEAP: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "no-oin",
            "oin-without-leading-zeros",
            "kvk-number-as-oin",
            "oin-of-supplier",
            "another-host",
            "trial-in-production",
            "disguised-as-production",
            "trial-for-eherkenning",
        ),
        _UNASKED,
    ),
    **dict.fromkeys(
        (
            "crl-stale",
            "crl-not-yet",
            "crl-signed-by-another-key",
            "crl-only-of-authorities",
            "issuer-may-not-sign-crls",
        ),
        _REQUIRED,
    ),
}

# The samples on 22 November 2026, by what their README says: all have ended but one. Of its issuer no list lies here,
# only those of other authorities: whether it is revoked is not known.
SAMPLES: Final = {
    "G3_eh01.staging.iwelcome.nl_20190521": "expired",
    "EV_acc-waardepapieren.hoorn.nl_20210622": "expired",
    "PrivateG1_saml-sign.pp1.digid.nl_20201104": "expired",
    "PrivateG1_api.kvk.nl_20210408": "expired",
    "PrivateG1_api-test-sign.coronatester.nl_20230908": "expired",
    "PrivateG1_lab.api.mijniconnect.nl_20251009": "indeterminate",
}


@pytest.fixture(scope="module")
def heap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples = shared("samples/certificates")
    place = tmp_path_factory.mktemp("heap")
    write_catalogue(place / "broken", laboratory(MOMENT))
    (place / "samples").symlink_to(samples)
    return place


@pytest.fixture(scope="module")
def reports(heap: Path) -> dict[str, str]:
    """The text of each report of one scan."""
    names = {form: heap / f"r.{form}" for form in FORMS}
    given = [word for name in names.values() for word in ("--report", name)]
    asked = (heap / "broken", f"{heap / 'samples'}/", "--trust", heap / "broken" / "trust.pem")
    words = ("--lang", "en", "scan", *asked, "--moment", f"{MOMENT:%FT%TZ}", *given)
    ran = subprocess.run([sys.executable, "-m", "pkitools", *map(str, words)], capture_output=True, check=False)
    assert ran.returncode == 10, ran.stderr
    return {form: name.read_bytes().decode("utf-8-sig") for form, name in names.items()}


@pytest.fixture(scope="module")
def found(reports: dict[str, str]) -> list[dict[str, Any]]:
    """Each certificate of the JSON that is judged."""
    document = json.loads(reports["json"])
    assert_valid(document, "scan-v1")
    return [one for one in document["certificates"] if not one["authority"]]


def standings(found: list[dict[str, Any]], folder: str) -> dict[str, set[str]]:
    """By the name of the file without its endings how the certificates in it stand."""
    told: dict[str, set[str]] = {}
    for one in found:
        for place in one["places"]:
            path = Path(place["name"])
            if path.parent.name == folder:
                told.setdefault(re.sub(r"(\.chain)?\.pem$", "", path.name), set()).add(one["standing"])
    return told


def test_what_is_refused_by_itself_is_not_good_in_a_heap_but_for_a_reason(
    heap: Path, found: list[dict[str, Any]]
) -> None:
    index = json.loads((heap / "broken" / "index.json").read_text(encoding="utf-8"))
    told = standings(found, "broken")
    refused = {row["name"] for row in index["defects"] if row["refused"]}
    assert len(refused) > 130
    bad = {"failed", "expired", "indeterminate"}
    good = {name for name in refused if not told.get(name, set()) & bad}
    assert good == set(GOOD_IN_A_HEAP)
    unasked = {name for name, why in GOOD_IN_A_HEAP.items() if why is _UNASKED}
    asked = {
        row["name"]
        for row in index["defects"]
        if row["systems"] or row["host"] or row["entity_id"] or row["environment"] == "production"
    }
    assert unasked <= asked
    warned = {row["name"] for row in index["defects"] if not row["refused"]}
    assert {name for name in warned if told[name] & {"failed", "expired"}} == set()


def test_the_samples_stand_as_their_readme_says(found: list[dict[str, Any]]) -> None:
    assert standings(found, "samples") == {name: {standing} for name, standing in SAMPLES.items()}


def test_every_form_tells_the_same_states(reports: dict[str, str], found: list[dict[str, Any]]) -> None:
    states = Counter(one["standing"] for one in found)
    names = {state: message(f"portfolio.standing.{state}", {}, "en").title for state in states}
    table = list(csv.DictReader(StringIO(reports["csv"], newline="")))
    by_csv = {row["sha256"]: row["standing"] for row in table if row["sha256"]}
    assert {one["sha256"]: names[one["standing"]] for one in found}.items() <= by_csv.items()
    suite = cases(reports["xml"])
    failing = sum(states[state] for state in states if state in {"failed", "expired"})
    assert sum(any(each.__class__.__name__ == "Failure" for each in one.result) for one in suite) == failing
    expiries = {str(event["UID"]) for event in own(reports["ics"])}
    assert len({uid.split("-")[0] for uid in expiries}) == len(found)
    families = {each.name: each for each in text_string_to_metric_families(reports["prom"])}
    assert "x509_cert_not_after" in families
    run = sarif_run(reports["sarif"])
    assert sum(one["level"] == "error" for one in run["results"]) >= states["failed"]
    kinds = Counter(each.get("data-kind") for each in parsed(reports["html"]).iter() if each.get("data-kind"))
    for state, count in states.items():
        assert reports["md"].count(f"| {names[state]} |") == count, state
        assert kinds[state] == count, state
