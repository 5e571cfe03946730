"""Serves a test PKI: CRLs, OCSP and the authorities' certificates over HTTP, and a mutual TLS rehearsal.

Needs the extra ``pkitools-nl[serve]``. Made for tests: it listens on the loopback address unless told otherwise.
"""

from pkitools_test_pki.server.server import PkiServer

__all__ = ["PkiServer"]
