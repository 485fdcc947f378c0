"""A pause: texts that somebody has stopped until somebody resumes them."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.clock import as_utc
from compliant_sms.rules import Finding, Verdict
from compliant_sms.volume._scope import ALL, MARKETING

UNTIL_RESUMED = datetime(9999, 12, 31, tzinfo=UTC)
""":attr:`Held.until <compliant_sms.messages.Held>` of a text that waits for a pause to end."""


@frozen(kw_only=True)
class Pause:
    """Texts that somebody has stopped.

    Attributes:
        scope: ``"all"``, ``"marketing"`` (promotions, by content) or the code of a purpose.
        by: who stopped them.
        reason: why.
        since: when (UTC).
    """

    scope: str
    by: str = field(validator=_given.told)
    reason: str = field(validator=_given.told, repr=False)
    since: datetime = field(converter=as_utc)

    @staticmethod
    def stops(scope: str, purpose: Purpose, message_class: MessageClass) -> bool:
        """Whether a pause of a scope stops a text.

        Args:
            scope: the scope of the pause.
            purpose: the text's declared purpose.
            message_class: its class by content. The answers to STOP, START and HELP go on.
        """
        if message_class is MessageClass.PROTOCOL:
            return False
        if scope == MARKETING:
            return message_class is MessageClass.MARKETING
        return scope in {ALL, purpose.code}


def pause_finding() -> Finding:
    """The finding for a text that a pause has stopped."""
    return Finding(
        rule="pause",
        code="paused",
        verdict=Verdict.HOLD,
        words="The practice has paused texts of this kind.",
        citation="the practice's pause switch; the audit log says who and why",
        remedy="The text goes, if it still may, when somebody resumes: messenger.resume().",
        until=UNTIL_RESUMED,
    )
