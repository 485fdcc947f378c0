"""The page of phones in a real browser: live, escaped, usable by keyboard and ear, readable."""

from __future__ import annotations

import os
import random
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import field, frozen
from starlette.concurrency import run_in_threadpool

from compliant_sms import Messenger, Profile
from compliant_sms.classification import Purpose
from compliant_sms.cli.demo._webhooks import listen, serve_webhooks
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import BandwidthAccount, PatientPhone, Sandbox, TwilioAccount
from compliant_sms.sandbox._phones import _page
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON, SENDER, SID, TOKEN
from hooks import PATIENCE
from test_send import BODY, DAWN, NIGHT, agree, remind, waits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
BEN, CHLOE, DEV = "+13125550142", "+16085550117", "+16125550163"
FOUR = [
    PatientPhone(number=PATIENT, person=PERSON, name="Ana"),
    PatientPhone(number=BEN, person="pat-882", name="Ben"),
    PatientPhone(number=CHLOE, person="pat-883", name="Chloe"),
    PatientPhone(number=DEV, person="pat-884", name="Dev"),
]
PHONES = FOUR[:2]
CHICAGO, NAME = "America/Chicago", "Lakeside Family Medicine"
PICTURES = Path(__file__).parents[1] / "docs" / "how-to"
HOSTILE = (
    "<script>document.title='taken'</script><img src=/x.png onerror=\"document.title='taken'\">"
    "</p></li></ol><style>main { display: none }</style><iframe src=/x></iframe> & &lt;b&gt;"
)
Open = Callable[..., "Sight"]


@frozen
class Sight:
    """The page in the browser, and all that it asked for and complained of."""

    page: Page
    url: str
    requests: list[str] = field(factory=list)
    complaints: list[str] = field(factory=list)

    def choose(self, name: str) -> None:
        """Look at somebody's phone."""
        self.page.get_by_role("navigation").get_by_role("button", name=name).click()

    def shows(self, words: str | re.Pattern[str]) -> None:
        """Wait until words stand among the texts."""
        self.page.get_by_role("log").get_by_text(words).first.wait_for()

    def said(self, words: str) -> None:
        """Wait until the page has told what happened."""
        self.page.locator("#said").get_by_text(words).wait_for()

    def is_quiet(self, complaints: int = 0) -> bool:
        """Nothing went elsewhere, and the console has no more than so many complaints."""
        elsewhere = [url for url in self.requests if not url.startswith(self.url)]
        assert elsewhere == []
        assert len(self.complaints) == complaints, self.complaints
        return True


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a sandbox's page in a fresh browser."""
    contexts: list[Any] = []

    def go(sandbox: Sandbox, **options: Any) -> Sight:
        context = browser.new_context(**{"locale": "en-US", **options})
        context.set_default_timeout(60_000)
        contexts.append(context)
        sight = Sight(context.new_page(), sandbox.url)
        sight.page.on("request", lambda request: sight.requests.append(request.url))
        sight.page.on("console", lambda message: sight.complaints.append(message.text))
        sight.page.on("pageerror", lambda error: sight.complaints.append(str(error)))
        sight.page.goto(f"{sandbox.url}/")
        sight.page.get_by_text("Live", exact=True).wait_for()
        return sight

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def clinic(
    make_messenger: Callable[..., Messenger], carrier: Sandbox, clock: MovableClock
) -> Iterator[Messenger]:
    """A messenger that hears of its patients' texts, and that the page shows."""
    messenger = make_messenger(people=lambda _: Profile(time_zone="America/Chicago"))
    agree(messenger)
    listener, url = listen()
    with listener, serve_webhooks(messenger, listener, url, dispatch=True):
        carrier.set_inbound_url(SENDER, url)
        carrier.attach(messenger, phones=PHONES, clock=clock)
        yield messenger


def test_a_thread_lives(clinic: Messenger, carrier: Sandbox, open_page: Open) -> None:
    """A text arrives, the patient says STOP on the phone, and the next one is blocked: why."""
    sight = open_page(carrier)
    remind(clinic)
    sight.shows(re.compile("Delivered ·"))
    sight.page.get_by_role("button", name="STOP", exact=True).click()
    sight.shows("Read as a wish to stop")
    sight.shows(re.compile("no more texts"))
    sight.page.get_by_role("textbox", name="Text as the practice").fill(f"{BODY} Again.")
    sight.page.get_by_role("form", name="Text as the practice").get_by_role("button").click()
    sight.said("Blocked.")
    sight.shows("Not on this phone: the text was blocked.")
    card = sight.page.locator(".card.blocked").inner_text()

    assert "revocation" in card
    assert "64.1200" in card
    assert [text.body for text in clinic.history(PERSON).received] == ["STOP"]
    assert sight.is_quiet()


def test_time_moves_from_the_page(
    clinic: Messenger, carrier: Sandbox, clock: MovableClock, open_page: Open
) -> None:
    """A text that is held at night goes when somebody presses for tomorrow morning."""
    clock.move_to(NIGHT)
    remind(clinic)
    sight = open_page(carrier)
    sight.shows("Not on this phone: the text is held.")
    held = sight.page.locator(".card.held").inner_text()
    badge = sight.page.get_by_role("navigation").get_by_text("Held", exact=True).count()
    sight.page.get_by_role("button", name="Tomorrow, 9 AM").click()
    sight.said("Time moved on. 1 text was decided again.")
    sight.shows(re.compile("Delivered ·"))
    sight.page.get_by_text("Decided 2 times").click()
    decided = sight.page.locator(".decided").all_inner_texts()

    assert "courtesy-window" in held
    assert badge == 1
    assert [each.partition(" ")[0] for each in decided] == ["Held", "Allowed"]
    assert "9:00 AM" in sight.page.locator("#clock").inner_text()
    assert sight.page.locator(".card.held").count() == 0
    assert sight.is_quiet()


def test_time_that_cannot_move_is_explained(
    clinic: Messenger, carrier: Sandbox, clock: MovableClock, open_page: Open
) -> None:
    """The refusal stands on the page, and is read out."""
    clock.move_to(MORNING.replace(year=2199))
    sight = open_page(carrier)
    sight.page.get_by_role("button", name="Now", exact=True).click()
    sight.said("the clock only moves forwards")

    assert sight.page.locator("#said").get_attribute("aria-live") == "polite"
    assert sight.is_quiet(complaints=1)  # the browser logs the 400


def test_hostile_words_stay_words(clinic: Messenger, carrier: Sandbox, open_page: Open) -> None:
    """Texts and names full of markup are shown as they were written; nothing runs."""
    sight = open_page(carrier)
    carrier.reply(PATIENT, HOSTILE, to=SENDER)
    sight.shows(re.compile("document.title"))
    sight.page.get_by_text("Add a phone").click()
    sight.page.get_by_role("textbox", name="Number").fill("+12175550199")
    sight.page.get_by_role("textbox", name="Name", exact=True).fill("<b>Zoe</b>")
    sight.page.get_by_role("button", name="Add", exact=True).click()
    sight.page.get_by_role("heading", name="<b>Zoe</b>'s phone").wait_for()
    sight.choose("Ana")
    bubble = sight.page.locator(".patient .bubble")
    # Both at once: the page may draw its texts anew at any moment.
    shown = bubble.evaluate("bubble => [bubble.textContent, bubble.querySelectorAll('*').length]")

    assert shown == [f"The patient wrote: {HOSTILE}", 1]
    assert sight.page.locator("iframe, img, style, main b").count() == 0
    assert "taken" not in sight.page.title()
    assert not any("/x" in url for url in sight.requests)
    assert sight.is_quiet()


def test_what_a_script_would_do_is_refused(carrier: Sandbox, open_page: Open) -> None:
    """Though markup got in, the policy would stop it: no script, no style, no call, no HTML."""
    sight = open_page(carrier)
    sneak = """async () => {
        const inline = document.createElement('p');
        inline.setAttribute('style', 'color: red');
        document.body.append(inline);
        let markup = 'made';
        try { inline.innerHTML = '<b>x</b>'; } catch { markup = 'refused'; }
        const away = await fetch('http://localhost:9/').then(() => 'went', () => 'refused');
        return [markup, away, getComputedStyle(inline).color];
    }"""
    markup, away, color = sight.page.evaluate(sneak)

    assert (markup, away) == ("refused", "refused")
    assert color != "rgb(255, 0, 0)"


def own_port() -> int:
    """A free one below those that systems hand out: nobody gets it while the sandbox is away."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def test_it_comes_back_and_has_missed_nothing(open_page: Open) -> None:
    """The sandbox stops and serves again: the page finds it, and shows what came meanwhile."""
    sandbox = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[SENDER], port=own_port())
    with sandbox:
        sandbox.reply(PATIENT, "before", to=SENDER)
        sight = open_page(sandbox)
        sight.shows("before")
    sight.page.get_by_text("Connecting", exact=True).wait_for()
    with sandbox:
        sandbox.reply(PATIENT, "meanwhile", to=SENDER)
        sight.shows("meanwhile")
        bubbles = sight.page.locator(".bubble").all_text_contents()

    assert bubbles == ["The patient wrote: before", "The patient wrote: meanwhile"]


def test_faults_are_switches(clinic: Messenger, carrier: Sandbox, open_page: Open) -> None:
    """One for the next text, and one that stays on until all is well again."""
    sight = open_page(carrier)
    page = sight.page
    page.get_by_role("button", name="503: the next one").click()
    sight.said("The next one goes wrong.")
    page.get_by_role("button", name="503: the next one").get_by_text("Next 1").wait_for()
    switch = page.get_by_role("switch", name="Breaks off: always")
    switch.click()
    page.get_by_role("switch", name="Breaks off: always", checked=True).wait_for()
    page.get_by_role("switch", name="Hangs: always").click()
    page.get_by_role("switch", name="Hangs: always", checked=True).wait_for()
    exclusive = switch.get_attribute("aria-checked")
    page.get_by_role("button", name="All well again").click()
    sight.said("Nothing goes wrong any more.")
    page.get_by_role("switch", name="Hangs: always", checked=False).wait_for()
    remind(clinic)
    sight.shows(re.compile("Delivered ·"))

    assert exclusive == "false"
    assert sight.is_quiet()


@pytest.mark.usefixtures("clinic")
def test_live_is_said_once_something_is_shown(
    carrier: Sandbox, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever uses the page as soon as it is live acts on a phone, not on none."""
    known, refresh = threading.Event(), _page._Page._refresh

    async def late(page: _page._Page) -> None:
        await run_in_threadpool(known.wait, PATIENCE)
        await refresh(page)

    monkeypatch.setattr(_page._Page, "_refresh", late)
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        with page.expect_response("**/sandbox/events"):
            page.goto(f"{carrier.url}/")
        before = page.locator("#link").text_content()
        known.set()
        page.get_by_text("Live", exact=True).wait_for()
        phones = page.get_by_role("navigation").get_by_role("button").count()

    assert before == "Connecting"
    assert phones == len(PHONES)


def test_a_phone_that_cannot_be_reached(
    clinic: Messenger, carrier: Sandbox, open_page: Open
) -> None:
    """What became of a text stands under it, with the provider's code."""
    sight = open_page(carrier)
    with sight.page.expect_response("**/sandbox/recipients/**"):
        sight.page.get_by_label("This phone").select_option("undelivered")
    remind(clinic)
    sight.shows(re.compile(r"Not delivered \(30003\)"))


def test_several_providers(open_page: Open) -> None:
    """Each bubble says by whom it came; a reply goes to the number that wrote last."""
    twilio = TwilioAccount(account_sid=SID, auth_token=TOKEN, numbers=[SENDER])
    bandwidth = BandwidthAccount(
        account_id="9900000",
        username="api-user",
        password="made-up",
        application_id="93de2206",
        callback_credentials="hook:made-up",
        numbers=["+17085550141"],
    )
    with Sandbox(accounts=[twilio, bandwidth]) as sandbox:
        sandbox.reply(PATIENT, "STOP", to=SENDER)  # Twilio answers by itself
        sight = open_page(sandbox)
        sight.shows(re.compile("unsubscribed"))
        first = sight.page.get_by_label("To", exact=True).input_value()
        sight.page.get_by_label("To", exact=True).select_option("+17085550141")
        box = sight.page.get_by_role("textbox", name="Reply as the patient")
        box.fill("Is anybody there?")
        box.press("Enter")
        sight.shows("Is anybody there?")
        providers = sight.page.locator("#accounts h3").all_inner_texts()
        [*_, last] = sandbox.messages()

    assert first == SENDER
    assert (last.provider, last.to) == ("bandwidth", "+17085550141")
    assert providers == ["Twilio", "Bandwidth"]
    assert sight.is_quiet()


# For everybody


def test_the_keyboard_is_enough(clinic: Messenger, carrier: Sandbox, open_page: Open) -> None:
    """Tab goes through the page in the order in which it is read; what has focus is seen."""
    sight = open_page(carrier)
    page = sight.page
    remind(clinic)
    sight.shows(re.compile("Delivered ·"))
    order = []
    for _ in range(60):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => { const e = document.activeElement; const s = getComputedStyle(e);
            return [e.id || e.textContent.trim().slice(0, 20), e.closest('nav, main, aside, header')
            ?.tagName ?? 'BODY', s.outlineStyle, e.tagName]; }"""
        )
        if told[3] == "BODY":
            break
        order.append(told)
    names = [name for name, *_ in order]
    rooms = [room for _, room, *_ in order]

    assert names[0] == "Skip to the texts"
    assert list(dict.fromkeys(rooms)) == ["BODY", "HEADER", "NAV", "MAIN", "ASIDE"]
    assert [each for each in names if each in {"rows", "to", "words", "purpose", "body"}] == [
        "rows",
        "to",
        "words",
        "purpose",
        "body",
    ]
    assert {outline for _, _, outline, _ in order} == {"solid"}
    assert names[-1] == "mend"


def test_a_phone_is_chosen_and_answered_by_keyboard(
    clinic: Messenger, carrier: Sandbox, open_page: Open
) -> None:
    """Enter opens a phone and keeps the focus; Enter sends, and the box is empty for the next."""
    from playwright.sync_api import expect  # noqa: PLC0415 - it may not be there

    sight = open_page(carrier)
    page = sight.page
    page.get_by_role("navigation").get_by_role("button", name="Ben").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ben's phone").wait_for()
    focused = page.evaluate("document.activeElement.textContent")
    current = page.locator("[aria-current=true]").all_inner_texts()
    box = page.get_by_role("textbox", name="Reply as the patient")
    box.focus()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    sight.shows("By keyboard")
    expect(page.locator("#words")).to_have_value("")

    assert "Ben" in focused
    assert [each.split("\n")[1] for each in current] == ["Ben"]
    assert page.evaluate("document.activeElement.id") == "words"


def test_news_does_not_take_the_focus(clinic: Messenger, carrier: Sandbox, open_page: Open) -> None:
    """Who is writing, or has opened a decision, goes on while texts come in."""
    remind(clinic)
    sight = open_page(carrier)
    sight.shows(re.compile("Delivered ·"))
    sight.page.get_by_text(re.compile("What . rules? said")).click()
    box = sight.page.get_by_role("textbox", name="Reply as the patient")
    box.fill("half a sent")
    carrier.reply(PATIENT, "something else", to=SENDER)
    sight.shows("something else")

    assert sight.page.evaluate("document.activeElement.id") == "words"
    assert box.input_value() == "half a sent"
    assert sight.page.locator("details[open]").count() == 1


def test_what_is_drawn_anew_or_moved_keeps_the_focus(
    clinic: Messenger, carrier: Sandbox, clock: MovableClock, open_page: Open
) -> None:
    """The card of a held text stays when its text goes out, and rows may change places."""
    clock.move_to(NIGHT)
    remind(clinic)
    sight = open_page(carrier)
    sight.shows("Not on this phone: the text is held.")
    summary = sight.page.locator(".card summary")
    summary.focus()
    clock.move_to(DAWN)
    clinic.dispatch_due()
    sight.shows(re.compile("Delivered ·"))
    sight.shows("Decided 2 times")
    drawn = sight.page.evaluate("document.activeElement.tagName")
    moved = sight.page.evaluate(
        """async () => { const { bring, make } = await import('/sandbox/page/made.js');
        const list = document.querySelector('#phones');
        const show = (key) => make('li', {}, make('button', {}, key));
        const draw = (...keys) => bring(list, keys.map((key) => ({ key, value: key, show })));
        draw('one', 'two'); list.lastChild.firstChild.focus(); draw('two', 'one');
        return [list.textContent, document.activeElement.textContent]; }"""
    )

    assert drawn == "SUMMARY"
    assert moved == ["twoone", "two"]
    assert sight.is_quiet()


def test_everything_has_a_name_and_a_place(
    clinic: Messenger, carrier: Sandbox, open_page: Open
) -> None:
    """Landmarks, headings in order, and a name for whatever can be pressed or filled."""
    remind(clinic)
    sight = open_page(carrier)
    sight.shows(re.compile("Delivered ·"))
    page = sight.page
    tree = page.locator("body").aria_snapshot()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea, [role]')]
        .filter((e) => e.offsetParent && !['option'].includes(e.role))
        .filter((e) => !(e.getAttribute('aria-label') || e.labels?.length
            || e.getAttribute('aria-labelledby') || e.textContent.trim() || e.role === 'status'
            || e.id === 'said'))
        .map((e) => e.outerHTML)"""
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    levels = page.evaluate(
        """[...document.querySelectorAll('h1, h2, h3, h4')].filter((e) => e.offsetParent)
        .map((e) => Number(e.tagName[1]))"""
    )

    assert nameless == []
    assert len(ids) == len(set(ids))
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(following - before <= 1 for before, following in pairwise(levels))
    for landmark in ("banner", 'navigation "Phones"', "main", 'complementary "Carrier"'):
        assert f"- {landmark}:" in tree
    assert '- log "Texts with Ana":' in tree
    assert page.locator("html").get_attribute("lang") == "en"


# The contrast of each text with what lies behind it, as WCAG 2.2 computes it.
CONTRAST = """() => {
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], under) =>
    [r, g, b].map((part, index) => part * a + under[index] * (1 - a));
  const behind = (element) => {
    const layers = [], stage = document.querySelector('.stage');
    for (let each = element; each; each = each.parentElement) {
      layers.push(parse(getComputedStyle(each).backgroundColor));
      // The phone is painted behind its column.
      if (each.classList.contains('of-phone'))
        layers.push(parse(getComputedStyle(stage, '::before').backgroundColor));
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const light = (color) => {
    const [r, g, b] = color.map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const unseen = !element.offsetParent || element.closest('.unseen, noscript, option');
    if (!node.textContent.trim() || unseen) continue;
    const under = behind(element);
    const ink = over(parse(getComputedStyle(element).color), under);
    const [dark, bright] = [light(under), light(ink)].sort((one, other) => one - other);
    found.push([(bright + 0.05) / (dark + 0.05), node.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""


@pytest.fixture
def busy(clinic: Messenger, carrier: Sandbox, clock: MovableClock) -> Sandbox:
    """A sandbox with something of everything on Ana's phone."""
    remind(clinic)
    carrier.reply(PATIENT, "C", to=SENDER)
    carrier.reply(PATIENT, "Can I bring my daughter?", to=SENDER)
    result = f"{NAME}: Ana, your HIV test came back positive. Please call us."
    write(clinic, FOUR[0], Purpose.LAB_RESULT_NOTIFICATION, result)
    clock.move_to(NIGHT)
    card = f"{NAME}: Ana, please bring your insurance card on Friday."
    write(clinic, FOUR[0], Purpose.APPOINTMENT_REMINDER, card)
    carrier.set_fault_rates({"lost": 1.0})
    return carrier


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(busy: Sandbox, open_page: Open, scheme: str) -> None:
    """Contrast of 4.5 or more for each text in both schemes, whatever its state."""
    sight = open_page(busy, color_scheme=scheme, viewport={"width": 1360, "height": 850})
    sight.shows("Not on this phone: the text is held.")
    sight.page.get_by_text("Add a phone").click()
    for each in sight.page.locator("#rows summary").all():
        each.click()
    found = sight.page.evaluate(CONTRAST)
    seen = {words for _, words in found}
    color = sight.page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert [each for each in found if each[0] < 4.5] == []
    assert len(found) > 80
    assert {"Held", "Blocked", "STOP"} <= seen
    assert color == {"light": "rgb(238, 241, 244)", "dark": "rgb(14, 18, 23)"}[scheme]


@pytest.mark.parametrize("width", [320, 768, 1024, 1360])
def test_nothing_is_wider_than_the_screen(busy: Sandbox, open_page: Open, width: int) -> None:
    """From a small phone to a desk: no sideways scrolling of the page."""
    sight = open_page(busy, viewport={"width": width, "height": 800})
    sight.shows("Not on this phone: the text is held.")

    assert sight.page.evaluate("document.documentElement.scrollWidth") <= width
    assert sight.is_quiet()


@pytest.fixture
def morning(
    make_messenger: Callable[..., Messenger], carrier: Sandbox, clock: MovableClock
) -> Iterator[Sandbox]:
    """Four patients: one who confirmed and has a text blocked, one held, one without consent."""
    zones = {"pat-882": "Pacific/Honolulu"}
    listener, url = listen()
    provider = Twilio(
        account_sid=SID,
        auth_token=TOKEN,
        sender=SENDER,
        base_url=carrier.url,
        status_callback=url,
        answers_keywords=False,
    )
    messenger = make_messenger(
        provider=provider, people=lambda who: Profile(time_zone=zones.get(who, CHICAGO))
    )
    with listener, serve_webhooks(messenger, listener, url, dispatch=True):
        carrier.set_inbound_url(SENDER, url)
        for number, person in ((PATIENT, PERSON), (BEN, "pat-882"), (CHLOE, "pat-883")):
            agree(messenger, number, person)
        for phone in FOUR:
            body = f"{NAME}: {phone.name}, see you Tue Dec 1 at 2:30 PM. Reply C to confirm."
            write(messenger, phone, Purpose.APPOINTMENT_REMINDER, body)
        carrier.reply(PATIENT, "C", to=SENDER)
        clock.advance(timedelta(minutes=20))
        body = f"{NAME}: skin checks are 20% off this week. Call 217-555-0100."
        write(messenger, FOUR[0], Purpose.PROMOTION, body)
        carrier.attach(messenger, phones=FOUR, clock=clock)
        yield carrier


def write(messenger: Messenger, phone: PatientPhone, purpose: Purpose, body: str) -> None:
    messenger.send(
        to=phone.number, person=phone.person, purpose=purpose, body=body, idempotency_key=body
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pictures_in_the_docs(
    morning: Sandbox, open_page: Open, scheme: str, tmp_path: Path
) -> None:
    """They are of such a page, and small; ``COMPLIANT_SMS_PICTURE=1`` takes them anew."""
    sight = open_page(morning, color_scheme=scheme, viewport={"width": 1360, "height": 960})
    sight.shows("Not on this phone: the text was blocked.")
    sight.page.get_by_text("Held", exact=True).wait_for()
    kept = PICTURES / f"sandbox-phones-{scheme}.png"
    where = kept if os.environ.get("COMPLIANT_SMS_PICTURE") else tmp_path / "picture.png"
    sight.page.screenshot(path=where)

    assert 10_000 < kept.stat().st_size < 300_000
    assert kept.read_bytes()[:8] == where.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_two_pages_show_the_same(clinic: Messenger, carrier: Sandbox, open_page: Open) -> None:
    """What one of them does, the other shows; many texts at once arrive whole and in order."""
    one, other = open_page(carrier), open_page(carrier)
    texts = [f"text {number}" for number in range(20)]
    writer = threading.Thread(
        target=lambda: [carrier.reply(PATIENT, words, to=SENDER) for words in texts]
    )
    writer.start()
    writer.join()
    for sight in (one, other):
        sight.shows("text 19")
        bubbles = sight.page.locator(".patient .bubble").all_text_contents()
        assert bubbles == [f"The patient wrote: {words}" for words in texts]
