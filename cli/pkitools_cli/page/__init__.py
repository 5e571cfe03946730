"""The same as the command line as pages in a browser, on this machine only, for people without a terminal.

A request is looked at by :mod:`~pkitools_cli.page.guard` before anything else of it is read; a route of
:mod:`~pkitools_cli.page.routes` reads its form, calls the library and gives a screen, which
:mod:`~pkitools_cli.page.application` puts in a template. What is handed in is judged in memory and forgotten.

Needs the extra ``pkitools-nl[page]``.
"""
