"""The version, in one place. A constant: ``importlib.metadata`` costs 70 ms at start-up."""

__version__ = "0.1.0"
