"""The engines: who checks the signatures and runs the algorithm of RFC 5280 section 6.1 over a path already built."""

from pkitools.validation.engines.protocol import EngineRequest, EngineResult, PathEngine

__all__ = ["EngineRequest", "EngineResult", "PathEngine"]
