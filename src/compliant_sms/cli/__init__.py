"""The command line. Needs the extra ``cli``; the demo and the sandbox need ``demo``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run ``compliant-sms``."""
    try:
        from compliant_sms.cli._commands import commands  # noqa: PLC0415 - an extra may be missing

        commands(prog_name="compliant-sms")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"click", "rich"}:
            raise
        sys.exit(
            "compliant-sms: the command line needs optional dependencies: "
            "run  python -m pip install 'compliant-sms[cli]'"
        )
