"""Tests of :mod:`pkitools.ordering`."""
