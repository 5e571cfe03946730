"""A process of its own for one command: the script ``pkitools``, ``python -m pkitools`` and ``-m pkitools_cli``.

What is set here holds for the whole process, so nobody who calls :func:`pkitools_cli.main.main` gets it.
"""

from __future__ import annotations

import atexit
import gc

_COLLECT_AFTER = 100_000


def run() -> None:
    """Run the command line and end the process.

    Garbage is looked for after a hundred thousand objects instead of seven hundred, and not when Python ends. Almost
    all that a command makes at first are modules and data that stay: to look through them again and again took a sixth
    of the time of ``cert check``, and to do so once more at the end a tenth of that of ``--version``.
    """
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)
    from pkitools_cli.main import main  # click too is made of objects that stay

    main()


if __name__ == "__main__":
    run()
