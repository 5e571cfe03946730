"""Settings of every test: how much is tried of what could be tried for ever, in one place.

``PKITOOLS_TESTS`` is ``quick``, ``ci`` (the default) or ``deep``. Each budget is an environment variable of its own, so
that one of them can be raised alone: ``PKITOOLS_FUZZ_ROUNDS=100000 pytest tests/house/test_hostile_bytes.py``.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, settings

from pkitools.requests import key_consistency
from tests.support import derivations, disk, installed, rsa_keys

if TYPE_CHECKING:
    from tests.support.scheduling import ByFile

LEVEL = os.environ.get("PKITOOLS_TESTS", "ci")

# what hypothesis tries of each property; a property that asks for more or fewer asks for a share: support/effort.py
_EXAMPLES = {"quick": 30, "ci": 100, "deep": 5_000}

# PKITOOLS_FUZZ_ROUNDS   damaged inputs for one reader (hostile_bytes: some 20 times as many for all; G4: 1,000,000)
# PKITOOLS_MUTANTS       certificates changed and signed again, for OpenSSL to judge as well (G6: 100,000)
# PKITOOLS_RESIGNED      certificates with a field changed and signed again: what passes is loaded by others (1,000,000)
# PKITOOLS_CRASH_POINTS  system calls at which a process is killed; 0: every one (G11, G13)
# PKITOOLS_KILLS         times that two issuing processes are killed at any moment (G12: 300)
# PKITOOLS_FUZZ_SEED     what they all start from; given with a number of one's own, another run
_BUDGETS = {
    "quick": {"PKITOOLS_FUZZ_ROUNDS": "100"},
    "ci": {},  # each test's own: some minutes for the whole suite
    "deep": {
        "PKITOOLS_FUZZ_ROUNDS": "50000",
        "PKITOOLS_MUTANTS": "100000",
        "PKITOOLS_RESIGNED": "1000000",
        "PKITOOLS_CRASH_POINTS": "0",
        "PKITOOLS_KILLS": "300",
    },
}

AMBIENT: Final = (
    *("PKITOOLS_LANG", "PKITOOLS_DATA", "PKITOOLS_OFFLINE", "PKITOOLS_DEBUG", "PKITOOLS_PKCS11_MODULE"),
    *("LC_ALL", "LC_MESSAGES", "LANGUAGE", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"),
    *("DISPLAY", "WAYLAND_DISPLAY", "XDG_CACHE_HOME", "SOURCE_DATE_EPOCH", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *(f"{kind}_proxy" for kind in ("http", "https", "all", "no")),
    *(f"{kind}_PROXY" for kind in ("HTTP", "HTTPS", "ALL", "NO")),
)
"""What the shell that starts the tests may hold and what they assert is not about: a width, a language, a proxy.

A test that is about one of them sets it. tests/house/test_ambient.py holds what the packages read to this list.
"""

for _name in AMBIENT:
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"  # of other programs too: keytool speaks the language of the shell


rsa.generate_private_key = rsa_keys.generate_private_key  # before a module of tests takes it by name
key_consistency._is_prime = rsa_keys.is_prime
pkcs12.load_pkcs12 = rsa_keys.load_pkcs12
derivations.install()
installed.install()
disk.install()

for _level, _count in _EXAMPLES.items():
    # no test of hypothesis asserts a time: on a loaded machine making one example may take a second
    settings.register_profile(
        _level,
        deadline=None,
        print_blob=True,
        max_examples=_count,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(LEVEL)
for _name, _value in _BUDGETS[LEVEL].items():
    os.environ.setdefault(_name, _value)

_COLLECT_AFTER: Final = 100_000  # objects made and not let go: as the command line does (pkitools_cli.__main__)
gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])  # before the tests are collected: none of them is let go

# a file goes to one worker: what takes longest is begun first, so that none is left alone with it at the end
_LONGEST: Final = (
    "cli/test_cert_show_costs.py",
    "cli/test_page_browser.py",
    "checking/test_instructions.py",
    "cli/test_no_better_beside.py",
    "cli/test_answer.py",
    "containers/test_costs.py",
    "checking/test_named_in_text.py",
    "reports/test_pages_in_browser.py",
    "journey/test_guides.py",
    "checking/test_checker.py",
    "portfolio/test_copies.py",
    "portfolio/test_naming_folders.py",
    "portfolio/test_traefik_keys.py",
    "portfolio/test_chosen_files.py",
    "cli/test_linear.py",
    "portfolio/test_chains_of_files.py",
    "portfolio/test_notations.py",
    "portfolio/test_pointers.py",
    "cli/test_test_pki_broken.py",
    "checking/test_files.py",
    "test_pki/test_folder.py",
    "interop/test_show_judged.py",
    "explanations/test_provoked.py",
    "house/test_packaging.py",
    "checking/test_own_places.py",
    "interop/test_refusals.py",
    "house/test_other_systems.py",
    "revocation/test_deltas.py",
    "cli/test_csr_resume.py",
    "connections/test_year.py",
    "containers/test_keystores.py",
    "checking/test_mutants.py",
    "conformance/test_causes.py",
    "cli/test_together.py",
    "journey/test_to_the_end.py",
    "interop/test_jks_keys.py",
    "test_pki/test_crashes.py",
    "revocation/test_index.py",
    "checking/test_limits.py",
)


def pytest_runtest_setup() -> None:
    """No test speaks the language in which another left the command line."""
    from pkitools_cli.i18n import set_language

    set_language(None)


def pytest_collection(session: pytest.Session) -> None:
    """Of several workers each begins with modules of its own: on a clean clone each would compile every one of them."""
    workers, worker = (os.environ.get(f"PYTEST_XDIST_{name}", "") for name in ("WORKER_COUNT", "WORKER"))
    if workers and session.config.args == session.config.getini("testpaths"):
        here = Path(__file__).parent
        for path in sorted(here.rglob("test_*.py"))[int(worker.removeprefix("gw")) :: int(workers)]:
            with suppress(
                Exception, pytest.skip.Exception
            ):  # whatever is wrong with it, or skips it, is told when it is collected
                import_module(".".join(path.relative_to(here.parent).with_suffix("").parts))


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which need not be there
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Hand out files without looking through all tests for each of them."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.support.scheduling import ByFile

    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of what passed a worker does not send the names that it could be chosen by: nobody looks at them."""
    report = yield
    if report.passed:
        report.keywords = {}
    return report


def pytest_collection_finish() -> None:
    """Do not look through what was read for what nobody needs any more, each time that much was made."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the order of all others stays, and that inside each file."""
    here = Path(__file__).parent
    place = {here / name: number for number, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
