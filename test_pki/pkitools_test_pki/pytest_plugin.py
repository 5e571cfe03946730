"""pytest fixtures: a PKIoverheid-shaped test PKI for the tests of any project.

Installed with pkitools; nothing to import. In three lines::

    def test_my_client_connects(pkio_client_certificate, my_server):
        my_server.trust(pkio_client_certificate.trust_path)
        my_client(cert=pkio_client_certificate.chain_path, key=pkio_client_certificate.key_path).get("/")

and to see that a server refuses what it should::

    @pytest.mark.pkio_broken("expired", "unknown-root", "no-client-auth")
    def test_my_server_refuses(pkio_broken, my_server):
        my_server.trust(pkio_broken.trust_pem)
        assert not my_server.accepts(pkio_broken.chain_pem, pkio_broken.key_pem)

Fixtures, all made once per session but for ``pkio_broken``:

``pkio_pki``
    the :class:`~pkitools_test_pki.pki.PKI`: in memory, on EC keys, in a few milliseconds.
``pkio_client_certificate``
    a :class:`~pkitools_test_pki.pytest_support.Credentials` of it: files, and contexts for :mod:`ssl`.
``pkio_server_certificate``
    the same for a server on ``localhost`` and 127.0.0.1, so that clients that compare names can connect to it.
``pkio_server``
    serves its CRLs, OCSP and CA certificates where the certificates say (needs ``pkitools-nl[serve]``).
``pkio_broken``
    a :class:`~pkitools_test_pki.defects.BrokenCertificate`, one test for each name in the marker; without names, or
    without the marker, the whole catalogue; ``layer="tls"`` leaves out what no TLS handshake can notice, and
    ``refused=True`` what deserves no more than a warning.

To have it otherwise, define in a ``conftest.py`` a session fixture ``pkio_shapes`` (shapes to build), ``pkio_keys``
(a key source, such as :func:`~pkitools_test_pki.keys.small_keys` for RSA) or ``pkio_moment`` (an aware datetime).

The present moment is asked when a fixture is first used, so that a frozen clock counts. Until then nothing is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from datetime import datetime

    from pkitools_test_pki.defects import BrokenCertificate, Laboratory
    from pkitools_test_pki.keys import KeySource
    from pkitools_test_pki.pki import PKI
    from pkitools_test_pki.pytest_support import Address, Credentials
    from pkitools_test_pki.server import PkiServer

_MARKER = "pkio_broken"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "pkio_broken(*names, topic=None, layer=None, refused=None): which broken certificates pkio_broken is to be",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each broken certificate asked for."""
    if _MARKER not in metafunc.fixturenames or _is_parametrized(metafunc):
        return
    from pkitools_test_pki.pytest_support import names_of

    metafunc.parametrize(_MARKER, names_of(metafunc.definition.iter_markers(_MARKER)), indirect=True)


def _is_parametrized(metafunc: pytest.Metafunc) -> bool:
    given = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize") if mark.args]
    return any(_MARKER in (names.replace(" ", "").split(",") if isinstance(names, str) else names) for names in given)


@pytest.fixture(scope="session")
def pkio_shapes() -> tuple[str, ...]:
    """The shapes of the test PKI. Define it anew for others than G4 TLS."""
    return ("g4-tls",)


@pytest.fixture(scope="session")
def pkio_keys() -> KeySource:
    """Where the keys come from. Define it anew for RSA keys."""
    from pkitools_test_pki.keys import elliptic_keys

    return elliptic_keys


@pytest.fixture(scope="session")
def pkio_moment() -> datetime:
    """Now, by the clock as it stands when first asked."""
    from pkitools_test_pki.pytest_support import now

    return now()


@pytest.fixture(scope="session")
def pkio_address() -> Iterator[Address]:
    """The address the certificates name, where ``pkio_server`` is to listen."""
    from pkitools_test_pki.pytest_support import Address

    with Address() as address:
        yield address


@pytest.fixture(scope="session")
def pkio_pki(pkio_shapes: tuple[str, ...], pkio_keys: KeySource, pkio_moment: datetime, pkio_address: Address) -> PKI:
    """The authorities of a test PKI, in memory."""
    from pkitools_test_pki.pki import build

    return build(*pkio_shapes, moment=pkio_moment, keys=pkio_keys, base_url=pkio_address.url)


@pytest.fixture(scope="session")
def pkio_client_certificate(pkio_pki: PKI, tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    """A sound certificate with its key, and the files of it."""
    from pkitools_test_pki.pytest_support import Credentials

    return Credentials.written(pkio_pki, tmp_path_factory.mktemp("pkio"))


@pytest.fixture(scope="session")
def pkio_server_certificate(
    pkio_pki: PKI, pkio_moment: datetime, tmp_path_factory: pytest.TempPathFactory
) -> Credentials:
    """A certificate with its key for a server on localhost and 127.0.0.1, and the files of it."""
    from pkitools_test_pki.pytest_support import Credentials
    from pkitools_test_pki.server.rehearsal import server_certificate

    issued = server_certificate(pkio_pki, "localhost", pkio_moment)
    return Credentials.written(pkio_pki, tmp_path_factory.mktemp("pkio"), "server", issued=issued)


@pytest.fixture(scope="session")
def pkio_server(pkio_pki: PKI, pkio_address: Address) -> Iterator[PkiServer]:
    """CRLs, OCSP and CA certificates of the test PKI over HTTP, where its certificates say they are."""
    from pkitools_test_pki.pytest_support import now
    from pkitools_test_pki.server import PkiServer

    with PkiServer(pkio_pki, clock=now, port=pkio_address.released()) as server:
        yield server


@pytest.fixture(scope="session")
def pkio_laboratory(pkio_moment: datetime) -> Laboratory:
    """What makes the broken certificates: a test PKI of its own, on RSA keys."""
    from pkitools_test_pki.defects import Laboratory

    return Laboratory(pkio_moment)


@pytest.fixture
def pkio_broken(request: pytest.FixtureRequest, pkio_laboratory: Laboratory) -> BrokenCertificate:
    """A certificate that is wrong in one exact way."""
    from pkitools_test_pki.defects import get_defect

    name: Any = request.param
    return get_defect(name).build(pkio_laboratory)
