"""Certificate revocation lists (RFC 5280 section 5): from their bytes to an answer for one serial number.

>>> from pkitools.crl import read_crl
>>> crl = read_crl(data)                      # doctest: +SKIP
>>> crl.signed_by(issuer_spki), crl.index.find(serial)  # doctest: +SKIP

Reading is strict and judges nothing: whether a list may be believed of a certificate is
:func:`pkitools.revocation.check_revocation`'s to say.
"""

from pkitools.crl.entries import Entry
from pkitools.crl.index import SerialIndex
from pkitools.crl.reading import CertificateRevocationList, read_crl

__all__ = ["CertificateRevocationList", "Entry", "SerialIndex", "read_crl"]
