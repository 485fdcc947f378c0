"""What a practice registers with carriers, made from the configuration that is enforced.

Limits of 10DLC campaigns are those of The Campaign Registry as providers document them: a
description of 40 to 4,096 characters, a message flow of 40 to 2,048, two to five samples of 20 to
1,024, replies of 20 to 320. Those of toll-free verification differ from provider to provider; the
stricter ones that are known serve here. Ask your provider before you rely on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from compliant_sms.optout import per_se_words
from compliant_sms.permission._permission import Permission
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._samples import samples_of
from compliant_sms.permission._wordings import question, script, shown_on_form, welcome
from compliant_sms.permission._words import ENGLISH
from compliant_sms.practice import Practice
from compliant_sms.rules import read
from compliant_sms.templates import dialed, help_text, opt_out_text, sender_name

if TYPE_CHECKING:
    from compliant_sms.templates import Template

HELP_WORDS = ("HELP", "INFO")
START_WORDS = ("START", "UNSTOP")
_WHOSE = re.compile(r"\b(?:your|my|our)\b", re.IGNORECASE)
_REGISTRY = "The Campaign Registry, campaign fields, as providers document them (2026-11)"
_TOLL_FREE = "toll-free verification, as providers document it; not confirmed by each (2026-11)"


@frozen(kw_only=True)
class RegistrationField:
    """One field of a registration.

    Attributes:
        name: the field's name, as most providers call it.
        text: what goes into it.
        least: the fewest characters allowed; 0 for any.
        most: the most characters allowed; 0 for any.
        source: where the limits come from.
    """

    name: str
    text: str
    least: int = 0
    most: int = 0
    source: str = ""

    @property
    def problem(self) -> str:
        """Why it would be refused; empty if nothing is known against it."""
        count = len(self.text)
        if count < self.least:
            return f"{self.name} has {count} characters, and at least {self.least} are asked for"
        if self.most and count > self.most:
            return f"{self.name} has {count} characters, and {self.most} are taken"
        return ""


@frozen(kw_only=True)
class Registration:
    """What to register.

    Attributes:
        kind: ``"10dlc"`` or ``"toll_free"``.
        fields: the fields, in the order in which forms ask for them.
        problems: what would be refused; empty for a registration that is ready.
    """

    kind: str
    fields: tuple[RegistrationField, ...]
    problems: tuple[str, ...] = field(default=())

    def text(self, name: str) -> str:
        """What goes into the field with that name.

        Raises:
            KeyError: there is none.
        """
        return {each.name: each.text for each in self.fields}[name]


def register_10dlc(
    permission: Permission,
    practice: Practice,
    templates: Iterable[Template] = (),
    *,
    texts: Iterable[str] = (),
    answers_calls: bool = False,
) -> Registration:
    """The registration of a 10DLC campaign.

    Args:
        permission: what patients are asked.
        practice: who asks.
        templates: what is sent; they provide samples for programmes without samples of their own.
        texts: what else is sent, such as the library's own wording. A link or a phone number in it
            is declared, and shown in a sample.
        answers_calls: whether callers are texted back, with a spoken offer that they accept.
    """
    samples = samples_of(permission, practice, list(templates), texts)
    found = [
        RegistrationField(name="use_case", text=_use_case(permission.programmes)),
        _limited("description", _description(permission, practice), 40, 4096),
        _limited("message_flow", _flow(permission, practice, answers_calls), 40, 2048),
        *(
            _limited(f"sample_{number}", each, 20, 1024)
            for number, each in enumerate(samples.shown, start=1)
        ),
        RegistrationField(name="opt_in_keywords", text=", ".join(_opt_in_words(permission))),
        _limited("opt_in_message", welcome(permission.programmes, practice), 20, 320),
        RegistrationField(name="opt_out_keywords", text=", ".join(_opt_out_words())),
        _limited("opt_out_message", _stopped(practice), 20, 320),
        RegistrationField(name="help_keywords", text=", ".join(HELP_WORDS)),
        _limited("help_message", _helped(practice), 20, 320),
        RegistrationField(name="embedded_link", text=_yes(samples.links)),
        RegistrationField(name="embedded_phone", text=_yes(samples.phones)),
        RegistrationField(name="age_gated", text="no"),
        RegistrationField(name="terms_url", text=permission.terms_url),
        RegistrationField(name="privacy_url", text=permission.privacy_url),
    ]
    return _checked("10dlc", found, samples.own, practice, permission, at_least=2)


def register_toll_free(
    permission: Permission,
    practice: Practice,
    templates: Iterable[Template] = (),
    *,
    texts: Iterable[str] = (),
    answers_calls: bool = False,
) -> Registration:
    """The registration of a toll-free number. Arguments as for :func:`register_10dlc`."""
    samples = samples_of(permission, practice, list(templates), texts)
    found = [
        RegistrationField(name="use_case_categories", text=_use_case(permission.programmes)),
        RegistrationField(
            name="use_case_summary",
            text=_description(permission, practice),
            least=1,
            most=500,
            source=_TOLL_FREE,
        ),
        RegistrationField(
            name="production_message_sample",
            text="\n".join(samples.own[:1]),
            least=1,
            most=1000,
            source=_TOLL_FREE,
        ),
        RegistrationField(name="opt_in_type", text=_opt_in_type(permission)),
        RegistrationField(name="opt_in_workflow", text=_flow(permission, practice, answers_calls)),
        RegistrationField(name="opt_in_url", text=permission.form_url),
        RegistrationField(name="opt_in_keywords", text=", ".join(_opt_in_words(permission))),
        RegistrationField(
            name="opt_in_confirmation",
            text=welcome(permission.programmes, practice),
            least=1,
            most=500,
            source=_TOLL_FREE,
        ),
        RegistrationField(name="help_message", text=_helped(practice)),
        RegistrationField(name="age_gated", text="no"),
        RegistrationField(name="terms_url", text=permission.terms_url),
        RegistrationField(name="privacy_url", text=permission.privacy_url),
    ]
    return _checked("toll_free", found, samples.own, practice, permission, at_least=1)


def _limited(name: str, text: str, least: int, most: int) -> RegistrationField:
    return RegistrationField(name=name, text=text, least=least, most=most, source=_REGISTRY)


def _checked(
    kind: str,
    found: Sequence[RegistrationField],
    samples: Sequence[str],
    practice: Practice,
    permission: Permission,
    *,
    at_least: int,
) -> Registration:
    problems = [each.problem for each in found if each.problem]
    problems += _of_words(permission.programmes)
    problems += _of_samples(samples, practice, at_least)
    return Registration(kind=kind, fields=tuple(found), problems=tuple(problems))


def _of_words(programmes: Iterable[Programme]) -> Iterator[str]:
    """What a programme says of itself that comes out wrong where somebody else says it."""
    for programme in programmes:
        if whose := _WHOSE.search(programme.about):
            yield (
                f"the programme {programme.id!r} says {whose[0]!r} of what it is about, but "
                "on the form patients say it, and in a registration nobody is spoken to. Leave the "
                'word out, as in Programme(about="appointments and care"), in a new edition'
            )


def _of_samples(samples: Sequence[str], practice: Practice, at_least: int) -> Iterator[str]:
    if len(samples) < at_least:
        yield (
            f"there are {len(samples)} samples, and {at_least} are asked for: pass "
            "Programme(samples=[...]), or templates for its categories"
        )
    for number, each in enumerate(samples, start=1):
        if not read(each, practice).names_sender:
            yield f"sample {number} does not say who texts; reviewers refuse such"


def _use_case(programmes: Iterable[Programme]) -> str:
    kinds = {each.marketing for each in programmes}
    if kinds == {True}:
        return "MARKETING"
    return "MIXED" if True in kinds else "CUSTOMER_CARE"


def _description(permission: Permission, practice: Practice) -> str:
    told = "; ".join(
        f"{each.about} ({'promotional' if each.marketing else 'informational'}; "
        f"{each.frequency_in(ENGLISH).rstrip('.').lower()})"
        for each in permission.programmes
    )
    return (
        f"{practice.name}, a healthcare practice in {practice.state}, texts its own patients who "
        f"agreed to it: {told}. Patients agree to each kind by itself. Health details stay out of "
        "texts unless a patient was warned and asked for them."
    )


def _flow(permission: Permission, practice: Practice, answers_calls: bool) -> str:  # noqa: FBT001
    first = permission.programmes[0]
    ways = [f'The paper form at the practice says: "{_first_line(first, permission, practice)}"']
    if permission.form_url:
        ways.insert(
            0,
            f"Patients open the form at {permission.form_url}, type name and number, and tick an "
            "empty box for each kind of texts that they want; none is needed for another.",
        )
    ways.append(f'Staff ask patients: "{script(first, practice).text}"')
    ways += [
        f"Patients text {each.keyword}, and are asked: "
        f'"{question(each, practice, permission.legal).text}" Only a YES to that counts.'
        for each in permission.programmes
        if each.keyword
    ]
    invited = [each for each in permission.programmes if not each.marketing]
    if invited:
        ways.append(
            "Patients who agreed to other texts may be asked by text for informational ones, never "
            "for promotions; only a YES counts."
        )
    if answers_calls:
        ways.append(
            "After a call that nobody took, only callers are texted who had agreed before, or who "
            "accept a spoken offer of it in that call, for example by pressing 1; what they heard "
            "is kept on record."
        )
    return f"{' '.join(ways)} {permission.legal.line}. Opt-in data is not shared with anybody."


def _first_line(programme: Programme, permission: Permission, practice: Practice) -> str:
    return shown_on_form(programme, practice, permission.legal).text.partition("\n")[0]


def _opt_in_words(permission: Permission) -> tuple[str, ...]:
    return (*START_WORDS, *(each.keyword for each in permission.programmes if each.keyword))


def _opt_out_words() -> tuple[str, ...]:
    # The seven of the law first, STOP before all: 47 CFR 64.1200(a)(10).
    return tuple(sorted(map(str.upper, per_se_words()), key=lambda word: (word != "STOP", word)))


def _opt_in_type(permission: Permission) -> str:
    return "WEB_FORM" if permission.form_url else "PAPER_FORM"


def _stopped(practice: Practice) -> str:
    return opt_out_text(sender_name(practice), dialed(practice.phone))


def _helped(practice: Practice) -> str:
    return help_text(sender_name(practice), dialed(practice.phone))


def _yes(answer: bool) -> str:  # noqa: FBT001 - a field's value
    return "yes" if answer else "no"
