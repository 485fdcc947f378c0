"""How a patient's consent to a programme stands, and whether they have to be asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from compliant_sms.choices import Word
from compliant_sms.consent import Basis, ConsentEvent, Granted, LiveGrant, fold
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import language_of_form
from compliant_sms.permission._words import ENGLISH

__all__ = ["PermissionState", "permission_state"]


class PermissionState(Word):
    """How a patient's consent to a programme stands."""

    AGREED = "agreed"
    OUTDATED = "outdated"
    """They agreed to words that have changed in substance since: ask again."""
    NOT_AGREED = "not_agreed"
    STOPPED = "stopped"
    """They, or somebody at the number, asked for texts to stop."""

    @property
    def needs_asking_again(self) -> bool:
        """Whether the words have changed since they agreed. Nobody who stopped is asked again."""
        return self is PermissionState.OUTDATED


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
    covering = [each for each in state.grants if _covers(each, programme)]
    live = [each for each in covering if not each.stopped_by]
    if not live:
        stopped = covering or state.revocations
        return PermissionState.STOPPED if stopped else PermissionState.NOT_AGREED
    newest = _event(events, live[-1].event_id)
    return (
        PermissionState.OUTDATED
        if _is_outdated(programme, shown, newest)
        else PermissionState.AGREED
    )


def _covers(grant: LiveGrant, programme: Programme) -> bool:
    return grant.tier >= programme.tier and {*programme.categories} <= {*grant.categories}


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
