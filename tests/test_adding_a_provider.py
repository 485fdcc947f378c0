"""The page on adding a provider: its adapter, unchanged, keeps the contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from compliant_sms.providers import Provider
from compliant_sms.testing import ProviderContract

PAGE = Path(__file__).parents[1] / "docs" / "adding-a-provider.md"


def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def run() -> dict[str, Any]:
    """What the blocks with the adapter and its contract define; all run as documentation."""
    names: dict[str, Any] = {"__name__": "acme"}
    for block in blocks()[:2]:
        exec(compile(block, PAGE.name, "exec"), names)
    return names


TestAcmeContract = run()["TestAcme"]


def test_the_page_names_each_member() -> None:
    """Each member of the protocol is explained, and each hook of the contract shown."""
    text = PAGE.read_text("utf-8")
    explained = text[text.index("## What each member must do") :]
    for member in vars(Provider):
        if not member.startswith("_") and member not in {"sender", "simulated", "may_carry_phi"}:
            assert f"`{member}" in explained, member
    for hook in ("make_provider", "accepted", "refused", "patient_texts", "delivered"):
        assert f"def {hook}(" in blocks()[1]
        assert hook in vars(ProviderContract)
