"""What a patient agreed to on paper or when asked, as told by whoever records it."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.clock import as_utc
from compliant_sms.consent import Basis, Signature, SignatureKind, Wording, WrittenAgreement
from compliant_sms.errors import InvalidInput
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import Legal, script, shown_on_form
from compliant_sms.permission._words import ENGLISH
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice


def _when(value: datetime | None) -> datetime | None:
    return None if value is None else as_utc(value, "occurred_at")


def _signed(value: datetime) -> datetime:
    return as_utc(value, "occurred_at")


@frozen(kw_only=True)
class _Told:
    person: str = field(validator=_given.text)
    recorded_by: str = field(validator=_given.text)
    occurred_at: datetime | None = field(default=None, converter=_when)
    reference: str = field(default="", validator=_given.text)
    language: str = field(default=ENGLISH, validator=_given.language)


@frozen(kw_only=True)
class OnPaper(_Told):
    """A signed paper form.

    Args:
        person: your id of the patient.
        recorded_by: who records it, for example ``"front-desk:ana"``.
        occurred_at: when it was signed (aware), which the paper says. Where it gives a day only,
            pass the first instant of that day: a form that is older than a STOP must not end it.
        reference: your own record of the paper, for example its scan.
        language: the language it was read in, a tag such as ``"es"`` or ``"es-MX"`` (BCP 47):
            English, or one that the programme is translated into.
        signer: the name in the signature.
        wording: what the paper says, if not what
            :meth:`~compliant_sms.messenger.PermissionDesk.paper` returns today: an older
            edition, with its version.
    """

    occurred_at: datetime = field(converter=_signed)
    signer: str = field(repr=False, validator=_given.text)
    wording: Wording | None = field(default=None, validator=_given.kind(Wording, "a Wording"))

    basis = Basis.PAPER_FORM

    def shown(self, programme: Programme, practice: Practice, legal: Legal) -> Wording:
        """What the patient read.

        Raises:
            InvalidInput: the version of its wording is none of the programme's; or it has none, and
                the programme is not translated into its language.
        """
        if self.wording is None:
            _refuse_untranslated(programme, self.language)
            return shown_on_form(programme, practice, legal, self.language)
        _, _, edition = self.wording.version.partition("/")
        known = any(each.version == edition for each in programme.editions)
        if not known or not programme.is_its_own(self.wording.version):
            msg = (
                f"the wording's version must be one of {programme.id}, as {programme.version} is; "
                "otherwise nobody could tell whether the patient has to be asked again"
            )
            raise InvalidInput(msg)
        return self.wording

    @property
    def signature(self) -> Signature:
        """What they did."""
        return Signature(signer=self.signer, act="signed on paper")

    def agreement(
        self, programme: Programme, practice: Practice, number: PhoneNumber
    ) -> WrittenAgreement | None:
        """The elements of written consent, where the programme needs it."""
        return _agreement(programme, practice, number, SignatureKind.WET_INK)


@frozen(kw_only=True)
class Spoken(_Told):
    """A yes to what was read out.

    Args:
        person: your id of the patient.
        recorded_by: who asked and records it.
        occurred_at: when they said so (aware); None for now.
        reference: your own record of it.
        language: the language it was read out in, as for :class:`OnPaper`.
        recording: where the recording is kept; marketing needs one, because a spoken yes is a
            signature only if it was recorded (15 U.S.C. 7001).
    """

    recording: str = field(default="", validator=_given.text)

    basis = Basis.SPOKEN

    def shown(self, programme: Programme, practice: Practice, legal: Legal) -> Wording:  # noqa: ARG002 - as on paper
        """What was read out.

        Raises:
            InvalidInput: the programme is not translated into its language.
        """
        _refuse_untranslated(programme, self.language)
        return script(programme, practice, self.language)

    @property
    def signature(self) -> Signature:
        """What they did."""
        if self.recording.strip():
            act = f"said yes when asked by {self.recorded_by}; recorded as {self.recording}"
        else:
            act = f"said yes when asked by {self.recorded_by}; not recorded"
        return Signature(signer=self.person, act=act)

    def agreement(
        self, programme: Programme, practice: Practice, number: PhoneNumber
    ) -> WrittenAgreement | None:
        """The elements of written consent, where the programme needs it.

        Raises:
            InvalidInput: it needs it, and nothing was recorded.
        """
        if programme.marketing and not self.recording.strip():
            msg = (
                f"{programme.id} is marketing, which needs written permission; a spoken yes counts "
                "only if it was recorded: pass recording=..., or have a form signed"
            )
            raise InvalidInput(msg)
        return _agreement(programme, practice, number, SignatureKind.RECORDED_VOICE)


Told = OnPaper | Spoken
"""How a patient agreed, if not on a web form or by text."""


def _refuse_untranslated(programme: Programme, language: str) -> None:
    """English words on record of whoever read others would prove what nobody agreed to."""
    if _given.primary(language) not in {ENGLISH, *programme.translations}:
        msg = (
            f"{programme.id} is not translated into that language, so nobody read its words in it: "
            "pass the language in which they were read, or what was read as OnPaper(wording=...)"
        )
        raise InvalidInput(msg)


def _agreement(
    programme: Programme, practice: Practice, number: PhoneNumber, signature: SignatureKind
) -> WrittenAgreement | None:
    if not programme.marketing:
        return None
    return WrittenAgreement(
        seller=practice.name,
        number=number,
        signature=signature,
        authorises_automated_marketing=True,
        not_a_condition_of_purchase=True,
        clear_and_conspicuous=True,
    )
