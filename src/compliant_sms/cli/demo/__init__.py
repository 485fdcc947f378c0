"""A clinic played through the simulated carrier, with a clock that can be moved."""

from compliant_sms.cli.demo._clinic import clinic
from compliant_sms.cli.demo._play import play

__all__ = ["clinic", "play"]
