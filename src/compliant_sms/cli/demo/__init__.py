"""One clinic day, played through the simulated carrier with a clock that can be moved."""

from compliant_sms.cli.demo._play import play

__all__ = ["play"]
