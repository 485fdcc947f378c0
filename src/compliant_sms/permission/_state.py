"""The state of a patient's consent to a programme, and whether to ask them again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from attrs import field, frozen

from compliant_sms.choices import Word
from compliant_sms.consent import (
    Basis,
    Category,
    ConsentEvent,
    ConsentState,
    Granted,
    LiveGrant,
    Revocation,
    fold,
)
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import language_of_form
from compliant_sms.permission._words import ENGLISH


class PermissionState(Word):
    """The state of a patient's consent to a programme."""

    AGREED = "agreed"
    OUTDATED = "outdated"
    """They agreed to words that have since changed in substance: ask again."""
    NOT_AGREED = "not_agreed"
    STOPPED = "stopped"
    """They, or somebody at the number, asked for these texts to stop, alone or with others."""

    @property
    def needs_asking_again(self) -> bool:
        """Whether the words have changed since they agreed. Nobody who opted out is asked again."""
        return self is PermissionState.OUTDATED


@frozen(kw_only=True)
class ToAskAgain:
    """One page of consents to words that have since changed in substance.

    Attributes:
        consents: the newest consent of each person at a number, as recorded in the ledger: whose,
            where, when, and to which words. Nobody who opted out is among them.
        after: pass it to get the next page; empty once everybody was looked at.
    """

    consents: tuple[Granted, ...] = field(repr=lambda found: f"<{len(found)}>")
    after: str = ""


def permission_state(
    programme: Programme, shown: Collection[str], events: Sequence[ConsentEvent], person: str
) -> PermissionState:
    """How one person's consent at one number stands.

    A consent on other words than the programme's, such as an intake form's, stands as it is.

    Args:
        programme: to what.
        shown: the words of today's web form, in each language in which it is there.
        events: all those of the practice about the number.
        person: whose.
    """
    state = fold(events, person)
    live = _live(state, programme)
    if live is None:
        covering = any(_covers(each, programme) for each in state.grants)
        stopped = covering or _ended_by(state.revocations, programme)
        return PermissionState.STOPPED if stopped else PermissionState.NOT_AGREED
    return (
        PermissionState.OUTDATED
        if _is_outdated(programme, shown, _event(events, live.event_id))
        else PermissionState.AGREED
    )


def outdated_consent(
    programme: Programme, shown: Collection[str], events: Sequence[ConsentEvent], person: str
) -> Granted | None:
    """The consent whose words have changed in substance since; None where there is none.

    Arguments as for :func:`permission_state`, which tells of the same persons that they have to be
    asked again.
    """
    live = _live(fold(events, person), programme)
    newest = _event(events, live.event_id) if live else None
    return newest if newest and _is_outdated(programme, shown, newest) else None


def _live(state: ConsentState, programme: Programme) -> LiveGrant | None:
    """The newest consent to a programme that nothing stopped."""
    covering = [each for each in state.grants if _covers(each, programme)]
    live = [each for each in covering if not _ended_by(each.stopped_by, programme)]
    return live[-1] if live else None


def _ended_by(revocations: Iterable[Revocation], programme: Programme) -> bool:
    """Whether any of them was meant for texts of the programme too."""
    return any(each.reaches(programme.categories) for each in revocations)


def _covers(grant: LiveGrant, programme: Programme) -> bool:
    # START brings back no appeals, whatever consent is enough for them.
    appeals = Category.FUNDRAISING in programme.categories
    brought_back = grant.tier >= programme.tier and not (appeals and grant.restored)
    return brought_back and {*programme.categories} <= {*grant.categories}


def _event(events: Iterable[ConsentEvent], event_id: str) -> Granted:
    return next(e for e in events if isinstance(e, Granted) and e.event_id == event_id)


def _is_outdated(programme: Programme, shown: Collection[str], event: Granted) -> bool:
    wording = event.wording
    if wording is None or not programme.is_its_own(wording.version):
        return False
    # Words that changed while their version stayed: nobody decided that they mean the same.
    silently = wording.version == programme.version and wording.text not in shown
    if silently and event.basis is Basis.WEB_FORM:
        # Where their language is gone there are no words that could be others.
        return language_of_form(wording.text) in {None, ENGLISH, *programme.translations}
    return programme.is_outdated(wording.version)
