"""PKIoverheid certificates and OINs: make, read, judge.

Importing this package costs nothing: every room is imported where it is used, so that ``import pkitools.oin``
does not pay for cryptography. Start at :mod:`pkitools.oin`, :mod:`pkitools.x509`, :mod:`pkitools.requests` or
:mod:`pkitools.checking`.
"""

from pkitools._version import __version__

__all__ = ["__version__"]
