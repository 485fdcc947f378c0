"""How the documentation is built. It needs no network: names of other packages are not linked."""

from __future__ import annotations

import importlib
import pydoc
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from operator import attrgetter
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeVar

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from compliant_sms import Purpose
from compliant_sms.sandbox import Account

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
project = "compliant_sms"
author = "The compliant_sms developers"
copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
# A page of the reference includes the tables of providers.
exclude_patterns = ["_build", "generated/providers.md"]
# As GitHub makes them, so that a link to a heading works in both places.
myst_heading_anchors = 3
html_theme = "furo"
html_title = "compliant_sms"

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True
# Defaults are shown as they stand in the code, not as what they evaluate to.
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
# Our "Returns:" are sentences, and a colon in one does not end a type.
napoleon_use_rtype = False
# The rooms that the reference shows. A name is described where it is found first.
ROOMS = (
    "compliant_sms",
    "compliant_sms.errors",
    "compliant_sms.messenger",
    "compliant_sms.worker",
    "compliant_sms.interop.procrastinate",
    "compliant_sms.contact",
    "compliant_sms.events",
    "compliant_sms.figures",
    "compliant_sms.telemetry",
    "compliant_sms.report",
    "compliant_sms.log_fields",
    "compliant_sms.messages",
    "compliant_sms.permission",
    "compliant_sms.reminders",
    "compliant_sms.retention",
    "compliant_sms.consent",
    "compliant_sms.imports",
    "compliant_sms.audit",
    "compliant_sms.evidence",
    "compliant_sms.evidence_pack",
    "compliant_sms.rules",
    "compliant_sms.rules.rows",
    "compliant_sms.classification",
    "compliant_sms.phi",
    "compliant_sms.optout",
    "compliant_sms.lint",
    "compliant_sms.phrases",
    "compliant_sms.text",
    "compliant_sms.templates",
    "compliant_sms.people",
    "compliant_sms.lookups",
    "compliant_sms.waiver",
    "compliant_sms.phone",
    "compliant_sms.practice",
    "compliant_sms.providers",
    "compliant_sms.providers.gateway",
    "compliant_sms.stores",
    "compliant_sms.flows",
    "compliant_sms.ports",
    "compliant_sms.lifecycle",
    "compliant_sms.rates",
    "compliant_sms.clock",
    "compliant_sms.wire",
    "compliant_sms.web.starlette",
    "compliant_sms.web.django",
    "compliant_sms.web.flask",
    "compliant_sms.testing",
    "compliant_sms.testing.webhooks",
    "compliant_sms.testing.strategies",
    "compliant_sms.sandbox",
    "compliant_sms.conversations",
    "compliant_sms.hooks",
    "compliant_sms.keyring",
    "compliant_sms.logs",
    "compliant_sms.routing",
    "compliant_sms.secure_pages",
    "compliant_sms.signing",
    "compliant_sms.volume",
)


def _public() -> dict[int, str]:
    """Where each public class, function and alias is described, by its identity."""
    found: dict[int, str] = {}
    for room in ROOMS:
        module = importlib.import_module(room)
        for name in module.__all__:
            found.setdefault(id(getattr(module, name)), f"{room}.{name}")
    return found


PUBLIC = _public()
# An alias is no object of its own: it goes by its name, and stays plain where no page has it.
_ALIASES = {
    public
    for public in PUBLIC.values()
    if not isinstance(pydoc.locate(public), type | FunctionType)
}
_BY_NAME = {public.rpartition(".")[2]: public for public in PUBLIC.values() if public in _ALIASES}
_NAMED = Counter(public.rpartition(".")[2] for public in PUBLIC.values())


def _namespaces(room: str | None) -> Iterator[ModuleType]:
    """A room, its private files, and then the whole package."""
    ours = [name for name in sys.modules if name.startswith("compliant_sms")]
    yield from (sys.modules[n] for n in ours if room and (n == room or n.startswith(f"{room}._")))
    yield from (sys.modules[n] for n in ours)


def _meaning(target: str, room: str | None) -> object:
    """What a name in a signature or a docstring stands for, or None."""
    for namespace in _namespaces(room):
        with suppress(AttributeError):
            return attrgetter(target)(namespace)
    return pydoc.locate(target)


def _member(target: str, room: str | None) -> str | None:
    """Where a method or an enum's member is described, which goes by its class."""
    owner, _, name = target.rpartition(".")
    value = _meaning(owner, room) if owner else None
    public = PUBLIC.get(id(_described(value, name) if isinstance(value, type) else value))
    return f"{public}.{name}" if public else None


def _described(owner: type, name: str) -> type:
    """The class of the reference that has a member which another inherits from it."""
    line: list[type] = []
    for each in owner.__mro__:
        line.append(each)
        if name in vars(each):  # a base that is private is described with what inherits from it
            return next((known for known in reversed(line) if id(known) in PUBLIC), owner)
    return owner


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement
) -> nodes.Element | None:
    """Link a name to where it is public; leave another package's name as plain text."""
    if node.get("refdomain") != "py":
        return None
    target, room = node["reftarget"], node.get("py:module")
    value = _meaning(target, room)
    if public := PUBLIC.get(id(value)) or _member(target, room) or _BY_NAME.get(target):
        python = env.get_domain("py")
        link = python.resolve_xref(env, node["refdoc"], app.builder, "obj", public, node, shown)
        return shown if link is None and public in _ALIASES else link
    ours = str(getattr(value, "__module__", "")).startswith("compliant_sms")
    # None here means a warning: a name of ours that the reference lacks, or a misspelt one.
    return None if value is None or (ours and not isinstance(value, TypeVar)) else shown


def _qualify(_: Sphinx, page: nodes.document) -> None:
    """Say in full which class a signature names, where two rooms each have one of that name."""
    for node in page.findall(pending_xref):
        room = node.get("py:module")
        if room and node.get("refdomain") == "py" and _NAMED[node["reftarget"]] > 1:
            public = PUBLIC.get(id(_meaning(node["reftarget"], room)))
            node["reftarget"] = public or node["reftarget"]


_SENTENCES: dict[str, list[str]] = {}


def _keep(_: Sphinx, what: str, name: str, __: object, ___: object, lines: list[str]) -> None:
    if what in {"attribute", "data", "property"}:
        _SENTENCES[name] = list(lines)


def _restore(_: Sphinx, __: str, name: str, ___: object, ____: object, lines: list[str]) -> None:
    """Napoleon takes what precedes a colon for a type; under our attributes stand sentences."""
    lines[:] = _SENTENCES.pop(name, lines)


def _skip(_: Sphinx, __: str, name: str, value: object, *___: object) -> bool | None:
    """Members of enums and the catalogue of purposes explain themselves.

    What an account of the sandbox does for the carrier is nobody's to call.
    """
    if isinstance(value, Enum | Purpose) and not name.startswith("_"):
        return False
    ours = str(getattr(value, "__module__", "")).startswith("compliant_sms.sandbox._")
    return True if ours and name in vars(Account) else None


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    # Before Sphinx looks for pages, so that those of the packs are among them.
    importlib.import_module("_generated").write(HERE / "generated")
    app.connect("doctree-read", _qualify)
    app.connect("missing-reference", _resolve)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-docstring", _keep, priority=400)
    app.connect("autodoc-process-docstring", _restore, priority=600)
