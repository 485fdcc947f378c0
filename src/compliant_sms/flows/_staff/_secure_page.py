"""A request for a page: what it asks, what it shows, and a reply on its way in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms.consent import Flag, fold, fold_for_holder
from compliant_sms.errors import ConfigurationError
from compliant_sms.flows._receiving._patient_text import ON_PAGE, ReceivedText, take_in
from compliant_sms.flows._receiving._visit_answers import was_misdirected
from compliant_sms.flows._sending._secure_link import born
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import InboundText
from compliant_sms.secure_pages import (
    LONGEST_REPLY,
    Accessed,
    Form,
    Identity,
    Page,
    PageAccess,
    PageContent,
    PageProblem,
    PageRequest,
    PageView,
    SecurePages,
    Standing,
    Step,
    birth_dates,
    guesses_of,
    is_birth_date,
    is_token,
    language_of,
    mark_of,
    matches_code,
    nonce_of,
    prove,
    proven,
    token_hash,
)
from compliant_sms.templates import dialed, sender_name
from compliant_sms.wire import HttpReply

_DAY = timedelta(days=1)


async def answer_page(ports: Ports, request: PageRequest) -> HttpReply:
    """Answer a request for a page; whatever it changes is durable before.

    Raises:
        ConfigurationError: the messenger has no pages.
        StoreError: nothing was changed; answer 503.
    """
    if ports.secure_pages is None:
        msg = "this messenger has no pages: pass secure_links=SecurePages(url=...)"
        raise ConfigurationError(msg)
    visit = _Visit(ports=ports, pages=ports.secure_pages, request=request)
    if not is_token(request.token):
        return visit.view().told(PageProblem.MISSING)
    if request.method != "POST":
        return await visit.look()
    form = request.form()
    if form is None or not request.comes_from(ports.secure_pages.origin):
        return visit.view().told(PageProblem.REFUSED, status=403 if form else 400)
    return await visit.send(form)


@frozen
class _Said:
    """An answer, checked.

    Attributes:
        right: whether it is the one.
        checked: the content that it was checked against.
    """

    right: bool
    checked: PageContent


@frozen(kw_only=True)
class _Visit:
    """One request, by whoever holds the link."""

    ports: Ports
    pages: SecurePages
    request: PageRequest

    def view(self, page: Page | None = None) -> PageView:
        practice = self.ports.practice
        known = page.content.language if page and page.content else ""
        accepted = self.request.header("accept-language")
        return PageView(
            name=sender_name(practice),
            phone=practice.phone,
            dialed=dialed(practice.phone),
            language=language_of(accepted, known),
        )

    async def look(self) -> HttpReply:
        """Somebody opens the link."""
        at = self.ports.clock()

        async def work(tx: Transaction) -> Page | None:
            page = await self._page(tx)
            if page is not None and self.request.method == "GET" and self._is_open(page, at):
                visited, what = page.visited()
                await self._keep(tx, visited, what, at)
            return page

        return self._asked(await self.ports.store.run(work), at)

    async def send(self, form: Form) -> HttpReply:
        """Somebody sends a form."""
        at = self.ports.clock()
        page = await self.ports.store.run(self._page)
        if page is None:
            return self._asked(page, at)
        shut = not self._is_open(page, at)
        if page.content is None or shut or page.content.waits_for_code:
            return self._asked(page, at, unsent=await self._unsent(page, form))
        replies = form.step is Step.REPLY
        key = page.content.reply_key if replies else page.content.key
        nonce = proven(key, form.step, form.proof, at=at)
        if nonce is None:
            unsent = await self._unsent(page, form)
            return self._asked(page, at, PageProblem.STALE, unsent=unsent)
        if replies:
            return await self._reply(page, page.content, form, nonce, at)
        return await self._answer(page, page.content, form, at)

    # What it asks

    def _asked(
        self,
        page: Page | None,
        at: datetime,
        problem: PageProblem | None = None,
        *,
        left: int | None = None,
        unsent: str = "",
    ) -> HttpReply:
        """What somebody sees who has not proved yet to be the patient."""
        view = self.view(page)
        if page is None:
            return view.told(PageProblem.MISSING)
        standing = page.standing(at, self.pages.attempts)
        if standing is not Standing.OPEN or page.content is None:
            return view.closed(standing, unsent=unsent)
        content = page.content
        if content.waits_for_code:
            return view.waits_for_code(unsent=unsent)
        proof = prove(content.key, Step.ANSWER, nonce=self.ports.ids(), at=at)
        return view.question(content.asks, proof, problem=problem, left=left, unsent=unsent)

    async def _answer(
        self, page: Page, content: PageContent, form: Form, at: datetime
    ) -> HttpReply:
        said = await self._check(content, form.words, at)
        if isinstance(said, PageProblem):
            return self._asked(page, at, said, unsent=form.reply)

        message = await self._message(page)

        async def work(tx: Transaction) -> tuple[Page | None, PageProblem | None, int | None]:
            # The number before the page, as whoever erases a person locks them.
            await tx.lock(page.practice_id, message.draft.to)
            # Whoever guesses many times at once waits here: each guess is counted by itself.
            now = await self._page(tx)
            if now is None or not self._is_open(now, at):
                return now, None, None
            if now.content != said.checked:  # another code was issued in the meantime
                return now, PageProblem.STALE, None
            limit, guesses = self.pages.attempts, 0
            if said.checked.asks is Identity.BIRTH_DATE:  # each code is another one
                accesses = await tx.accesses_beside(page.practice_id, page.message_id)
                guesses = guesses_of(accesses, at)
            answered, what = now.answered(right=said.right, at=at, limit=limit, guesses=guesses)
            await self._keep(tx, answered, what, at)
            if said.right:
                return answered, None, None
            return answered, PageProblem.WRONG, answered.left(limit, guesses + 1)

        known, problem, left = await self.ports.store.run(work)
        if problem or known is None or known.content is None or not self._is_open(known, at):
            return self._asked(known, at, problem, left=left, unsent=form.reply)
        unsent = PageProblem.UNSENT if form.reply else None
        return self._shown(known, known.content, at, draft=form.reply, problem=unsent)

    async def _check(self, content: PageContent, written: str, at: datetime) -> _Said | PageProblem:
        """Whether an answer is right, outside of every transaction."""
        if content.asks is Identity.CODE:
            right = bool(content.code) and matches_code(written, content.code)
            return _Said(right=right, checked=content)
        candidates = birth_dates(written, self._day(at))
        if not candidates:
            return PageProblem.UNREADABLE
        known = born(await self.ports.people(content.person) if content.person else None)
        if known is None:
            return PageProblem.UNAVAILABLE
        return _Said(right=is_birth_date(candidates, known), checked=content)

    # What it shows

    def _shown(
        self,
        page: Page,
        content: PageContent,
        at: datetime,
        *,
        draft: str = "",
        problem: PageProblem | None = None,
        reply: str = "",
        stopped: bool | None = False,
    ) -> HttpReply:
        proof = prove(content.reply_key, Step.REPLY, nonce=self.ports.ids(), at=at)
        return self.view(page).message(
            content.body,
            spoken=content.written_in,
            # Nobody reads an hour there: the last day on all of which it can be opened.
            until=max(self._day(at), self._day(page.expires_at) - _DAY),
            proof=proof if page.takes_replies else "",
            draft=draft,
            problem=problem,
            reply=reply,
            stopped=stopped,
        )

    async def _reply(
        self, page: Page, content: PageContent, form: Form, nonce: str, at: datetime
    ) -> HttpReply:
        reply = form.reply
        if not reply or len(reply) > LONGEST_REPLY:
            problem = PageProblem.TOO_LONG if reply else PageProblem.EMPTY
            return self._shown(page, content, at, draft=reply, problem=problem)
        message = await self._message(page)
        event = InboundText(
            key=_key(page, content, reply, nonce),
            provider_id=nonce,
            sender=message.draft.to,
            to=None,
            body=reply,
        )

        async def work(tx: Transaction) -> tuple[Page | None, ReceivedText | None, bool | None]:
            # The number before the page, as whoever erases a person locks them.
            await tx.lock(page.practice_id, message.draft.to)
            now = await self._page(tx)
            open_ = now is not None and self._is_open(now, at) and not _is_shut_since(now, content)
            if now is None or not open_ or not now.takes_replies:
                return now, None, False
            received = await take_in(
                tx, self.ports, self.ports.practice, ON_PAGE, event, page=message
            )
            if received.new:
                now, inbound = now.replied(), received.inbound
                await self._keep(tx, now, (Accessed.REPLIED,), at, inbound_id=inbound.inbound_id)
            return now, received, await _stopped(tx, received, message)

        known, received, stopped = await self.ports.store.run(work)
        unsent = await self._unsent(page, form) if known and not received else ""
        if known is None or known.content is None or not self._is_open(known, at):
            return self._asked(known, at, unsent=unsent)
        if _is_shut_since(known, content):
            return self._asked(known, at, PageProblem.STALE, unsent=unsent)
        if unsent:
            problem = PageProblem.UNSENT
            return self._shown(known, known.content, at, draft=unsent, problem=problem)
        return self._shown(known, known.content, at, reply=reply, stopped=stopped)

    async def _unsent(self, page: Page, form: Form) -> str:
        """The reply in a form, unless it was taken before: browsers send again what they show."""
        # Its hour is over, or the page was shut since: what was kept vouches for it.
        nonce = nonce_of(form.proof)
        if nonce is None or not form.reply:
            return form.reply
        message = await self._message(page)
        texts = await self.ports.store.run(
            lambda tx: tx.inbound_from(page.practice_id, message.draft.to)
        )
        of_form = f"{page.message_id}/{nonce}/"
        key = _key(page, page.content, form.reply, nonce) if page.content else None
        for each in texts:
            # The key went with the page's content.
            same = each.provider_key == key if key else each.body == form.reply
            if each.provider == ON_PAGE and each.provider_key.startswith(of_form) and same:
                return ""
        return form.reply

    # What is kept

    async def _page(self, tx: Transaction) -> Page | None:
        page = await tx.page_at(self.ports.practice.id, token_hash(self.request.token))
        if page is None or page.content is None or page.content.asks is Identity.CODE:
            return page
        return page.misdirected() if await _may_be_strangers(tx, page) else page

    async def _message(self, page: Page) -> Message:
        """The text that its link went out with."""
        message = await self.ports.store.run(
            lambda tx: tx.message(page.practice_id, page.message_id)
        )
        assert message is not None, "each page refers to a text"  # noqa: S101
        return message

    def _is_open(self, page: Page, at: datetime) -> bool:
        return page.standing(at, self.pages.attempts) is Standing.OPEN

    async def _keep(
        self,
        tx: Transaction,
        page: Page,
        what: tuple[Accessed, ...],
        at: datetime,
        *,
        inbound_id: str | None = None,
    ) -> None:
        await tx.save_page(page)
        for each in what:
            access = PageAccess(
                message_id=page.message_id,
                at=at,
                what=each,
                address=self.request.address,
                inbound_id=inbound_id,
            )
            await tx.add_access(page.practice_id, access)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.ports.practice.time_zone)).date()


def _is_shut_since(page: Page, content: PageContent) -> bool:
    """Whether a code was issued, or became necessary, since its form was checked."""
    now = page.content
    return now is not None and (now.waits_for_code or now.reply_key != content.reply_key)


async def _may_be_strangers(tx: Transaction, page: Page) -> bool:
    """Whether staff found, or whoever holds the number wrote, that it is not the patient's.

    A date of birth is no secret from everybody whose number a patient's is mistaken for.
    """
    message = await tx.message(page.practice_id, page.message_id)
    assert message is not None, "each page refers to a text"  # noqa: S101
    events = await tx.consent_events(page.practice_id, message.draft.to)
    state = fold(events, message.draft.person)
    wrong = state.flagged is not None and state.flagged.why is Flag.WRONG_NUMBER
    # What the patient agrees to there later does not tell who has had the link since.
    return bool(state.voided) or wrong or await was_misdirected(tx, message, page.created_at)


def _key(page: Page, content: PageContent, reply: str, nonce: str) -> str:
    return f"{page.message_id}/{nonce}/{mark_of(content.key, reply)}"


async def _stopped(tx: Transaction, received: ReceivedText, message: Message) -> bool | None:
    """Whether a reply ended texts; None, if it ended some of them. Its reader is told so."""
    if received.reading.revocation is None:
        return False
    events = await tx.consent_events(message.practice_id, message.draft.to)
    standing = fold_for_holder(events).revocations
    return None if standing and all(each.keep for each in standing) else bool(standing)
