"""Facts of one's own: systems, TSPs, roots of test hierarchies and rules that an organisation adds without a fork.

A folder laid out as the package's own data is read by :func:`read_data`; what it holds is asked beside ours wherever
``data=`` is given. A Python package brings rules with checks through the entry point group ``pkitools.rules``.
"""

from pkitools.rules.own.data import OwnData, OwnFile, Refused, read_data
from pkitools.rules.own.installed import installed_data

__all__ = ["OwnData", "OwnFile", "Refused", "installed_data", "read_data"]
