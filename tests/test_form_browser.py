"""The form of permission in a real browser: the system's Chromium, on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from browsers import Visit
from compliant_sms import Messenger, Practice
from compliant_sms.consent import Granted, PhiPreferenceStated
from compliant_sms.sandbox import Sandbox
from conftest import PATIENT
from form_visits import CARE, Make, with_form
from frameworks import FORMS, MOUNT, Framework
from test_form_languages import asking as asking_in_spanish
from test_send import outgoing, waits

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Open = Callable[..., Visit]
TAKES = "document.title='taken'"
HOSTILE = f'"><script>{TAKES}</script><img src=/x.png onerror="{TAKES}">'
TYPED = "(217) 555-0134"


@pytest.fixture
def asking(make_messenger: Make, practice: Practice) -> Messenger:
    """A messenger with a form."""
    return with_form(make_messenger, practice)


@pytest.fixture(params=[each for each in FORMS if each.name != "starlette"], ids=lambda f: f.name)
def served(request: pytest.FixtureRequest, asking: Messenger) -> Iterator[str]:
    """Where the form is, under each framework's server."""
    framework: Framework = request.param
    with framework.server(asking, dispatch=False) as url:
        yield f"{url}{MOUNT}/"


@pytest.fixture
def flask_form(asking: Messenger) -> Iterator[str]:
    """One server, for what does not depend on it."""
    with FORMS[-1].server(asking, dispatch=False) as url:
        yield f"{url}{MOUNT}/"


def fill(page: Page, *, name: str = "Ana Gomez", number: str = TYPED) -> None:
    """Type name and number."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your mobile number").fill(number)


def given(messenger: Messenger) -> list[Granted]:
    """What is on record of consent."""
    return [e for e in messenger.consent.events(PATIENT) if isinstance(e, Granted)]


def test_a_patient_agrees(
    served: str, asking: Messenger, carrier: Sandbox, open_link: Open
) -> None:
    """By way of each framework: nothing is ticked; what is ticked goes on record word for word."""
    visit = open_link(served)
    boxes = visit.page.get_by_role("checkbox")
    ticked = [box.is_checked() for box in boxes.all()]
    fill(visit.page)
    visit.press()
    refused = visit.page.inner_text("main")
    beside = visit.page.get_by_role("checkbox").first.evaluate(
        "box => document.querySelector(`label[for='${box.id}']`).textContent"
    )
    visit.page.get_by_role("checkbox").first.check()
    visit.press()
    done = visit.page.inner_text("main")
    asking.dispatch_due()

    assert len(ticked) >= 3  # care, offers, and health details as a choice of its own
    assert not any(ticked)
    assert "tick at least one box" in refused
    assert "We have your answer." in done
    (granted,) = given(asking)
    assert granted.categories == tuple(sorted(CARE.categories))
    assert granted.wording is not None
    assert granted.wording.text.partition("\n")[0] == beside
    assert granted.signature is not None
    assert (granted.signature.signer, granted.signature.ip_address) == ("Ana Gomez", "127.0.0.1")
    assert "Chrome" in granted.signature.user_agent
    assert not any(isinstance(e, PhiPreferenceStated) for e in asking.consent.events(PATIENT))
    assert len(outgoing(carrier)) == 1
    (kept,) = visit.page.context.cookies()
    assert (kept["httpOnly"], kept["secure"], kept["sameSite"]) == (True, True, "Strict")
    assert visit.is_quiet(refusals=1)


def test_what_is_typed_stays_words(flask_form: str, asking: Messenger, open_link: Open) -> None:
    """Markup in name and number comes back as it was typed; nothing of it runs."""
    visit = open_link(flask_form)
    fill(visit.page, name=HOSTILE, number=HOSTILE)
    visit.page.get_by_role("checkbox").first.check()
    visit.press()

    assert "not a phone number" in visit.page.inner_text("main")
    assert visit.page.get_by_label("Your name").input_value() == HOSTILE[:100]
    assert "taken" not in visit.page.title()
    assert visit.page.locator("img, script, iframe").count() == 0
    assert not any("/x" in url for url in visit.requests)
    assert visit.page.title().startswith("Error: ")
    assert not any(box.is_checked() for box in visit.page.get_by_role("checkbox").all())
    assert given(asking) == []


def test_another_sites_form_changes_nothing(
    flask_form: str, asking: Messenger, open_link: Open
) -> None:
    """A page elsewhere posts what its visitor never saw, with a proof of its own: refused."""
    own = open_link(flask_form)
    proof = own.page.locator("input[name=proof]").input_value()
    name = own.page.get_by_label("Your name").get_attribute("name")
    number = own.page.get_by_label("Your mobile number").get_attribute("name")
    box = own.page.get_by_role("checkbox").first
    elsewhere = f"""<form method="post" action="{flask_form}"><input name="{name}" value="Ana">
        <input name="{number}" value="{TYPED}"><input name="proof" value="{proof}">
        <input name="{box.get_attribute("name")}" value="{box.get_attribute("value")}">
        <button>x</button></form>"""
    visit = open_link(flask_form)  # this browser has a cookie of the form's
    visit.another_site(elsewhere)

    assert visit.press().status == 403
    assert given(asking) == []


def test_the_form_cannot_be_framed(flask_form: str, open_link: Open) -> None:
    """Nobody lays something over its boxes: the browser shows an error in its place."""
    assert open_link("about:blank").frames_nothing(flask_form)


def test_the_keyboard_is_enough(flask_form: str, asking: Messenger, open_link: Open) -> None:
    """Tab leads from field to box to button; Space ticks, Enter sends; the focus is seen."""
    visit = open_link(flask_form)
    keyboard = visit.page.keyboard
    visit.page.get_by_label("Your name").focus()
    keyboard.type("Ana Gomez")
    keyboard.press("Tab")
    keyboard.type(TYPED)
    keyboard.press("Tab")
    keyboard.press("Space")
    outline = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    with visit.page.expect_navigation():
        keyboard.press("Enter")

    assert outline == "solid"
    assert "We have your answer." in visit.page.inner_text("main")
    assert len(given(asking)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_and_small_screens(flask_form: str, open_link: Open, scheme: str) -> None:
    """Light and dark have colors of their own, and nothing is wider than a small phone."""
    visit = open_link(flask_form, color_scheme=scheme, viewport={"width": 320, "height": 568})
    color = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert color == {"light": "rgb(244, 246, 248)", "dark": "rgb(20, 23, 26)"}[scheme]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert visit.is_quiet()


def test_a_patient_agrees_in_spanish(
    make_messenger: Make, practice: Practice, open_link: Open
) -> None:
    """A Spanish browser gets the form in Spanish, tagged so, and what it read goes on record."""
    messenger = asking_in_spanish(make_messenger, practice)
    with FORMS[-1].server(messenger, dispatch=False) as url:
        visit = open_link(f"{url}{MOUNT}/", locale="es-MX")
        visit.page.get_by_label("Su nombre").fill("Ana Gómez")
        visit.page.get_by_label("Su número de celular").fill(TYPED)
        visit.page.get_by_role("checkbox").first.check()
        box = visit.page.locator("label[for=agree-care]").inner_text()
        visit.press()

        assert visit.page.locator("html").get_attribute("lang") == "es"
        assert "Recibimos su respuesta." in visit.page.inner_text("main")
        assert visit.is_quiet()
    (granted,) = given(messenger)
    assert granted.wording is not None
    assert granted.wording.text.partition("\n")[0] == box
    assert box.startswith("Acepto que Lakeside Family Medicine me envíe")
