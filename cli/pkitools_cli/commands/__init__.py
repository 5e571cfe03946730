"""One module per noun; each holds a ``group``."""
