"""The present state: the grants, and the revocations that came after them.

How far a revocation reaches is not decided here. It is a dated policy of the rules, passed in as a
function. Without that function each revocation ends everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from compliant_sms import records
from compliant_sms.consent._agreement import WrittenAgreement
from compliant_sms.consent._words import Basis, Channel, Flag, Tier


@records.lean
@frozen(kw_only=True)
class Revocation:
    """A revocation, and what it answers, so that its reach can be decided.

    Attributes:
        event_id: the event, whose ``person`` tells who asked, if that is known. A revocation holds
            for everybody at the number, so it is no one person's.
        occurred_at: when it happened, in UTC.
        channel: how the request came.
        category: what the text that it answers was about; empty if it answers none.
        message_class: the class of that text, as a word.
        exempt: whether that text was sent under the healthcare exemption.
        clarification_asked: whether the person was asked which texts are meant, 47 CFR
            64.1200(a)(12).
        keep: the categories that the person said may go on, sorted.
    """

    event_id: str
    occurred_at: datetime
    channel: Channel
    category: str = ""
    message_class: str = ""
    exempt: bool = False
    clarification_asked: bool = False
    keep: tuple[str, ...] = ()

    def reaches(self, categories: Iterable[str]) -> bool:
        """Whether it ends texts about any of these, as far as the person's own words go.

        It reaches whatever they did not say may go on. The rules may read it more narrowly.
        """
        return not {*categories} <= {*self.keep}


Reaches: TypeAlias = Callable[[Revocation], bool]
"""Decides whether a revocation ends the texts in question."""


def _everything(_: Revocation) -> bool:
    return True


@records.lean
@frozen(kw_only=True)
class LiveGrant:
    """A grant, and what came after it.

    Attributes:
        event_id: the event that gave it.
        tier: how strong it is now.
        categories: what it covers.
        occurred_at: when it was given, in UTC.
        basis: how it was given.
        agreement: the elements of written consent, if they were written down.
        given_to: whom it was given to, if the record names somebody.
        stopped_by: the revocations that came after it and that no START has lifted, oldest first.
        restored: whether a START lifted revocations of it. It then permits nothing that sells,
            whatever its tier.
        unproven: whether it was typed into a form that anybody can fill in, or was imported.
    """

    event_id: str
    tier: Tier
    categories: tuple[str, ...]
    occurred_at: datetime
    basis: Basis
    agreement: WrittenAgreement | None = None
    given_to: str = ""
    stopped_by: tuple[Revocation, ...] = ()
    restored: bool = False
    unproven: bool = False

    @property
    def shows_the_number(self) -> bool:
        """Whether it shows that the number was the person's then. A booking only repeats it."""
        return self.basis.is_fresh_opt_in and not self.unproven


@frozen(kw_only=True)
class FlaggedNumber:
    """A flag on the number that nothing has ended since.

    Attributes:
        event_id: the event.
        occurred_at: when the number was flagged (UTC).
        why: the reason.
    """

    event_id: str
    occurred_at: datetime
    why: Flag


@records.lean
@frozen(kw_only=True)
class ConsentState:
    """What one person at one number agreed to and took back.

    Attributes:
        grants: all grants, including those that a revocation stopped, oldest first.
        revocations: those in force, which neither a fresh opt-in nor a START followed; oldest
            first.
        flagged: why the number is not to be texted for now; None if it may be.
        lifted: revocations that a fresh opt-in followed, but no START. They end what needs no
            consent and was not agreed to since; oldest first.
        voided: the event that says that the person's consent there was an error; empty if none
            does, or if they have agreed again since.
    """

    grants: tuple[LiveGrant, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    flagged: FlaggedNumber | None = None
    lifted: tuple[Revocation, ...] = ()
    voided: str = ""

    def grants_for(self, reaches: Reaches) -> tuple[LiveGrant, ...]:
        """Return the grants that no revocation stopped.

        Args:
            reaches: decides whether a revocation ends the texts in question.
        """
        return tuple(g for g in self.grants if not any(map(reaches, g.stopped_by)))

    def basis_for(
        self, category: str, tier: Tier, reaches: Reaches = _everything
    ) -> LiveGrant | None:
        """Return the newest grant that covers the category at that tier or above, or None.

        Args:
            category: what the text is about.
            tier: the lowest tier that it needs.
            reaches: as for :meth:`grants_for`; without it each revocation ends everything.
        """
        return max(
            (g for g in self.grants_for(reaches) if g.tier >= tier and category in g.categories),
            key=lambda grant: grant.occurred_at,
            default=None,
        )

    @property
    def tier(self) -> Tier:
        """The strongest tier of any grant, whatever it covers, that no revocation came after."""
        return max((grant.tier for grant in self.grants_for(_everything)), default=Tier.NONE)

    @property
    def revocation(self) -> str | None:
        """The event of the first revocation in force, or None."""
        return self.revocations[0].event_id if self.revocations else None

    @property
    def revoked_at(self) -> datetime | None:
        """When the first revocation in force happened (UTC), or None."""
        return self.revocations[0].occurred_at if self.revocations else None
