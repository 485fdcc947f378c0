"""A page, where it stands, and what becomes of it. Every change of its state is made here."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms import records
from compliant_sms._masking import repr_of_practice
from compliant_sms.choices import Word

_MOST_OPENED = 100  # put on record each; programs that preview links open them again and again
_MOST_REPLIES = 10
# At all pages of a patient at a number: whoever found the phone has each of its links.
_MOST_GUESSES = 10
_REMEMBERED = timedelta(days=30)


class Identity(Word):
    """What somebody has to know before a page shows anything. 45 CFR 164.312(d)."""

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
    """The practice took it back, or what it showed was dropped or erased."""


class Accessed(Word):
    """What happened at a page. 45 CFR 164.312(b)."""

    OPENED = "opened"
    """Somebody, or a program that previews links, asked for it; it showed nothing yet."""
    WRONG_ANSWER = "wrong_answer"
    LOCKED = "locked"
    """That answer was the last one."""
    READ = "read"
    """The answer was right, and the message was shown."""
    REPLIED = "replied"


@frozen(kw_only=True)
class PageAccess:
    """One access to a page, by whoever has its link.

    Attributes:
        access_id: ours; later ones are larger. None before it is kept.
        message_id: the text's that the link went out with.
        at: when (UTC).
        what: what happened.
        address: the network address that it came from; empty where the host does not pass it, or
            it was dropped.
        inbound_id: of the reply, where it is one.
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
    """What is kept sealed of a page, for as long as it can be opened.

    Attributes:
        token: what stands in the link, so that whoever asks again gets the same one.
        key: proves what the page itself handed out: 32 bytes as hexadecimal digits.
        person: the host's id of the patient.
        body: the message.
        language: its language, ISO 639-1, as far as it can be told from its words.
        written_in: the same, where more is known than its words; empty where not.
        asks: what has to be known.
        code: what is kept of the code; empty while there is none.
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
    def reply_key(self) -> str:
        """Vouches for forms that come with the message: another one with each code.

        A code is told because nobody else shall read on, whatever they answered before.
        """
        if not self.code:
            return self.key
        return hmac.digest(bytes.fromhex(self.key), self.code.encode(), "sha256").hex()


@frozen(kw_only=True)
class Page:
    """A page behind a link.

    Attributes:
        message_id: the text's that the link goes out with.
        practice_id: whose it is.
        token_hash: by which it is found: the SHA-256 of its token.
        created_at: when (UTC).
        expires_at: from when on it is not shown any more (UTC).
        attempts: wrong answers so far; as many as lock it, once it is locked.
        opened: how often it was opened.
        replies: how many replies were written.
        read_at: when it was first read (UTC).
        withdrawn_at: when it was taken back (UTC).
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
            at: the present (aware).
            limit: how many wrong answers lock a page.
        """
        if at >= self.expires_at:
            return Standing.EXPIRED
        if self.content is None or self.withdrawn_at is not None:
            return Standing.WITHDRAWN
        return Standing.LOCKED if self.attempts >= limit else Standing.OPEN

    @property
    def takes_replies(self) -> bool:
        """Whether one more can be written."""
        return self.replies < _MOST_REPLIES

    def visited(self) -> tuple[Page, tuple[Accessed, ...]]:
        """Somebody asked for it."""
        if self.opened >= _MOST_OPENED:
            return self, ()
        return evolve(self, opened=self.opened + 1), (Accessed.OPENED,)

    def left(self, limit: int, guesses: int) -> int:
        """How many more wrong answers it takes; the last one locks it.

        Args:
            limit: how many lock a page.
            guesses: how many came to all pages of the patient: :func:`guesses_of`.
        """
        return max(0, min(limit - self.attempts, _MOST_GUESSES - guesses))

    def answered(
        self, *, right: bool, at: datetime, limit: int, guesses: int = 0
    ) -> tuple[Page, tuple[Accessed, ...]]:
        """Somebody answered what it asks. Wrong answers add up over its whole life."""
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
        """Somebody wrote a reply."""
        return evolve(self, replies=self.replies + 1)

    def told(self, code: str) -> Page:
        """It asks for a code from now on, and wrong answers of before do not count.

        Args:
            code: what is kept of it.
        """
        content = evolve(self.content, asks=Identity.CODE, code=code) if self.content else None
        return evolve(self, attempts=0, content=content)

    def withdrawn(self, at: datetime) -> Page:
        """It was taken back, and shows nothing any more."""
        return evolve(self, withdrawn_at=self.withdrawn_at or at, content=None)


def guesses_of(accesses: Iterable[PageAccess], at: datetime) -> int:
    """How many wrong answers came lately to the pages of a patient, since one was read.

    Args:
        accesses: all those at the patient's pages, oldest first.
        at: the present (aware).
    """
    count = 0
    for access in accesses:
        if access.what is Accessed.READ:
            count = 0
        elif access.what is Accessed.WRONG_ANSWER and access.at > at - _REMEMBERED:
            count += 1
    return count
