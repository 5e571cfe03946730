"""``python -m pkitools``: the command line. The only module of the library that knows who uses it."""

from pkitools_cli.__main__ import run

run()
