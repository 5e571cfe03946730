"""The rules of metadata, one file per subject; :mod:`pkitools.metadata.rules.books` has them all."""
