"""A test PKI in the shape of PKIoverheid's: built in memory in milliseconds, or kept in a folder.

Two nouns: an :class:`~pkitools_test_pki.authority.Authority`, and the
:class:`~pkitools_test_pki.issued.IssuedCertificate` it issues. :func:`~pkitools_test_pki.pki.build` makes the
authorities of a whole shape; :mod:`pkitools_test_pki.folder` keeps them on disk. Whatever a case wants otherwise than
its profile has it, is a :class:`~pkitools_test_pki.blueprint.Deviation`.

The certificates give no trust whatsoever: they say so in their names (``TRIAL``) and, for G4, in their policies.
"""
