"""The templates of a practice, by name and version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from compliant_sms import _given
from compliant_sms.errors import InvalidTemplate, UnknownTemplate
from compliant_sms.lint import LintSettings
from compliant_sms.practice import Practice
from compliant_sms.templates._parts import Approval
from compliant_sms.templates._problem import TemplateProblem
from compliant_sms.templates._template import Template

if TYPE_CHECKING:
    from compliant_sms.templates._canned import CannedReply

_DEFAULTS = LintSettings()


class Catalogue:
    """Templates by name and version. It is immutable; ``Catalogue([*one, *other])`` joins two.

    Keep versions that are no longer used, but withdraw them: the record of a text names its
    version.

    Args:
        templates: in any order. The same version twice counts once.

    Raises:
        InvalidTemplate: a version has two texts; changed words need a new version.
    """

    def __init__(self, templates: Iterable[Template] = ()) -> None:
        found: dict[tuple[str, int], Template] = {}
        problems = []
        for each in templates:
            _given.a_kind(each, Template, "templates", "a list of Template")
            known = found.setdefault((each.name, each.version), each)
            if known.fingerprint != each.fingerprint:
                problems.append(
                    f"{each.name} {each.version}: there are two texts of this version. Give the "
                    "changed one a new version."
                )
        if problems:
            raise InvalidTemplate(dict.fromkeys(problems))
        self._templates = {key: found[key] for key in sorted(found)}

    def __iter__(self) -> Iterator[Template]:
        """All versions, by name."""
        return iter(self._templates.values())

    def __len__(self) -> int:
        return len(self._templates)

    def __repr__(self) -> str:
        return f"<Catalogue of {len(self)} templates>"

    @classmethod
    def parse(cls, text: str, file: str, *, approved: Approval | None = None) -> Catalogue:
        """Read templates from a file; see :doc:`/how-to/write-templates`.

        Args:
            text: TOML.
            file: the file's name, for error messages.
            approved: who approved the templates for which the file does not say so.

        Raises:
            InvalidTemplate: something is wrong with it; ``problems`` lists all of it.
        """
        from compliant_sms.templates._toml import templates_in  # noqa: PLC0415 - reads tomllib

        return cls(templates_in(text, file, approved))

    @property
    def replies(self) -> tuple[CannedReply, ...]:
        """The canned replies that may be used, in the newest version of each."""
        from compliant_sms.templates._canned import CannedReply  # noqa: PLC0415 - it reads this

        return tuple(each for each in self.in_use if isinstance(each, CannedReply))

    @property
    def in_use(self) -> tuple[Template, ...]:
        """The newest version of each template that is approved and not withdrawn, by name."""
        newest = {each.name: each for each in self if each.approved and each.withdrawn is None}
        return tuple(newest.values())

    def newest(self, name: str) -> Template:
        """The newest version of that name that is approved and not withdrawn.

        Raises:
            UnknownTemplate: there is none.
        """
        _given.a_text(name, "template")
        found = next((each for each in self.in_use if each.name == name), None)
        if found is None:
            msg = (
                "no version of this template is approved, or all were withdrawn; approve one"
                if any(each.name == name for each in self)
                else "the catalogue has no template of this name"
            )
            raise UnknownTemplate(msg)
        return found

    def version(self, name: str, version: int) -> Template:
        """One version, whether it may be used or not.

        Raises:
            UnknownTemplate: there is none.
        """
        found = self._templates.get((name, version))
        if found is None:
            msg = "the catalogue has no such version of a template; read in_use for those it has"
            raise UnknownTemplate(msg)
        return found

    def problems(
        self, practice: Practice | None = None, settings: LintSettings = _DEFAULTS
    ) -> tuple[TemplateProblem, ...]:
        """What is wrong with templates that are not withdrawn: see :meth:`Template.problems`."""
        return tuple(
            problem
            for each in self
            if each.withdrawn is None
            for problem in each.problems(practice, settings)
        )
