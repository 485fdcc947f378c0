"""A page and its state. Every change of the state is made here."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms import records
from compliant_sms._masking import repr_of_practice
from compliant_sms.choices import Word

_MOST_OPENED = 100  # recorded individually; programs that preview links open them repeatedly
_MOST_REPLIES = 10
# On all pages of a patient at a number: whoever found the phone has all of its links.
_MOST_GUESSES = 10
_REMEMBERED = timedelta(days=30)


class Identity(Word):
    """What a reader must know before a page shows anything. 45 CFR 164.312(d)."""

    BIRTH_DATE = "birth_date"
    """The patient's date of birth."""
    CODE = "code"
    """A code that somebody told the patient."""


class Standing(Word):
    """What can be done with a page."""

    OPEN = "open"
    LOCKED = "locked"
    """There were too many wrong answers."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The practice withdrew it, or its content was dropped or erased."""


class Accessed(Word):
    """What happened on a page. 45 CFR 164.312(b)."""

    OPENED = "opened"
    """A person, or a program that previews links, requested it. It has shown nothing yet."""
    WRONG_ANSWER = "wrong_answer"
    LOCKED = "locked"
    """That answer was the last attempt."""
    READ = "read"
    """The answer was right, and the message was shown."""
    REPLIED = "replied"


@frozen(kw_only=True)
class PageAccess:
    """One access to a page, by whoever has its link.

    Attributes:
        access_id: the library's id of it; later ones are larger. None before it is stored.
        message_id: id of the text that carried the link.
        at: when (UTC).
        what: what happened.
        address: the network address that it came from; empty where the host does not pass it, or
            it was dropped.
        inbound_id: id of the reply, if it is one.
    """

    access_id: int | None = None
    message_id: str
    at: datetime
    what: Accessed
    address: str = field(default="", repr=False)
    inbound_id: str | None = None


@records.lean
@frozen(kw_only=True)
class PageContent:
    """What is stored, sealed, about a page for as long as it can be opened.

    Attributes:
        token: the token in the link, so that another request gets the same link.
        key: authenticates the forms of the page: 32 bytes in hexadecimal.
        person: your id of the patient.
        body: the message.
        language: its language, ISO 639-1, as far as its words tell.
        written_in: the same, if it is known otherwise; empty if not.
        asks: what a reader must know.
        code: what is stored of the code; empty while there is none.
    """

    token: str = field(repr=False)
    key: str = field(repr=False)
    person: str | None = field(default=None, repr=False)
    body: str = field(repr=False)
    language: str = "en"
    written_in: str = ""
    asks: Identity = Identity.BIRTH_DATE
    code: str = field(default="", repr=False)

    @property
    def waits_for_code(self) -> bool:
        """Whether it shows nothing until somebody issues a code."""
        return self.asks is Identity.CODE and not self.code

    @property
    def reply_key(self) -> str:
        """The key for forms that come with the message; each new code changes it.

        A new code means that nobody else may read on, even with an earlier right answer.
        """
        if not self.code:
            return self.key
        return hmac.digest(bytes.fromhex(self.key), self.code.encode(), "sha256").hex()


@frozen(kw_only=True)
class Page:
    """A page behind a link.

    Attributes:
        message_id: id of the text that carries the link.
        practice_id: the practice that it belongs to.
        token_hash: the SHA-256 of its token, to find it by.
        created_at: when (UTC).
        expires_at: from when on it is no longer shown (UTC).
        attempts: wrong answers so far; once it is locked, as many as lock it.
        opened: how often it was opened.
        replies: how many replies were written.
        read_at: when it was first read (UTC).
        withdrawn_at: when it was withdrawn (UTC).
        content: what it shows; None once that was dropped.
    """

    message_id: str
    practice_id: str = field(repr=repr_of_practice)
    token_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    opened: int = 0
    replies: int = 0
    read_at: datetime | None = None
    withdrawn_at: datetime | None = None
    content: PageContent | None = field(default=None, repr=False)

    def standing(self, at: datetime, limit: int) -> Standing:
        """What can be done with it.

        Args:
            at: the current instant (aware).
            limit: how many wrong answers lock a page.
        """
        if at >= self.expires_at:
            return Standing.EXPIRED
        if self.content is None or self.withdrawn_at is not None:
            return Standing.WITHDRAWN
        return Standing.LOCKED if self.attempts >= limit else Standing.OPEN

    @property
    def takes_replies(self) -> bool:
        """Whether one more reply can be written."""
        return self.replies < _MOST_REPLIES

    def visited(self) -> tuple[Page, tuple[Accessed, ...]]:
        """The page after somebody requested it, and what happened."""
        if self.opened >= _MOST_OPENED:
            return self, ()
        return evolve(self, opened=self.opened + 1), (Accessed.OPENED,)

    def left(self, limit: int, guesses: int) -> int:
        """How many more wrong answers it allows; the last one locks it.

        Args:
            limit: how many wrong answers lock a page.
            guesses: how many were given on all pages of the patient: :func:`guesses_of`.
        """
        return max(0, min(limit - self.attempts, _MOST_GUESSES - guesses))

    def answered(
        self, *, right: bool, at: datetime, limit: int, guesses: int = 0
    ) -> tuple[Page, tuple[Accessed, ...]]:
        """The page after an answer, and what happened. Wrong answers add up over its whole life."""
        locked = evolve(self, attempts=limit)
        if not self.left(limit, guesses):
            return locked, (Accessed.LOCKED,)
        if right:
            return evolve(self, read_at=self.read_at or at), (Accessed.READ,)
        wrong = evolve(self, attempts=self.attempts + 1)
        if wrong.left(limit, guesses + 1):
            return wrong, (Accessed.WRONG_ANSWER,)
        return locked, (Accessed.WRONG_ANSWER, Accessed.LOCKED)

    def replied(self) -> Page:
        """The page after somebody wrote a reply."""
        return evolve(self, replies=self.replies + 1)

    def misdirected(self) -> Page:
        """The page once its link may lie with a stranger: only a code opens it."""
        content = evolve(self.content, asks=Identity.CODE) if self.content else None
        return evolve(self, content=content)

    def told(self, code: str) -> Page:
        """The page once it asks for a code; earlier wrong answers no longer count.

        Args:
            code: what is stored of the code.
        """
        content = evolve(self.content, asks=Identity.CODE, code=code) if self.content else None
        return evolve(self, attempts=0, content=content)

    def withdrawn(self, at: datetime) -> Page:
        """The page after it was withdrawn; it shows nothing."""
        return evolve(self, withdrawn_at=self.withdrawn_at or at, content=None)


def guesses_of(accesses: Iterable[PageAccess], at: datetime) -> int:
    """How many recent wrong answers a patient's pages got since one of them was read.

    Args:
        accesses: all accesses to the patient's pages, oldest first.
        at: the current instant (aware).
    """
    count = 0
    for access in accesses:
        if access.what is Accessed.READ:
            count = 0
        elif access.what is Accessed.WRONG_ANSWER and access.at > at - _REMEMBERED:
            count += 1
    return count
