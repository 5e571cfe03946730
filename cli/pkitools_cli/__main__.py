"""``python -m pkitools_cli``."""

from pkitools_cli.main import main

main()
