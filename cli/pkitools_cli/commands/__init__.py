"""One folder per noun, one module per verb: each holds a ``command``, and the noun's ``group`` names them."""
