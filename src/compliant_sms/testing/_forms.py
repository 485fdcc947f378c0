"""Filling in the form of permission in a test, whichever client asks for the page."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.permission import BOX, DETAILS, NAME, NUMBER, SHOWN


class _Inputs(HTMLParser):
    """The fields of a page by name, each with what the page put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name:
            self.found[name] = given.get("value") or ""


def filled_in(
    page: str,
    *,
    name: str,
    number: str,
    agreed: Iterable[str] = (),
    health_details: bool = False,
) -> dict[str, str]:
    """What a browser posts once a patient has filled the form of permission in.

    Ask your test client for the form, and post these fields as a form to the same address, with the
    same client: its cookie belongs to the page. The cookie is for https alone, so that the client's
    ``base_url`` has to begin with ``https://``.

    Args:
        page: the HTML of the form, as it was answered.
        name: what the patient types as theirs.
        number: what they type as their number.
        agreed: ids of the programmes whose boxes they tick.
        health_details: whether they tick the box for health details by text.

    Raises:
        InvalidInput: the page is no such form, or has no such box.
    """
    _given.a_text(page, "page")
    inputs = _Inputs()
    inputs.feed(page)
    if SHOWN not in inputs.found:
        msg = "the page is no form of permission. Pass the HTML that GET answered with, as text."
        raise InvalidInput(msg)
    boxes = {each for each in inputs.found if each.startswith(BOX) or each == DETAILS}
    ticked = {f"{BOX}{each}" for each in agreed} | ({DETAILS} if health_details else set())
    if not ticked <= boxes:
        msg = f"the form has no such box; its boxes are: {', '.join(sorted(boxes))}"
        raise InvalidInput(msg)
    kept = {each: value for each, value in inputs.found.items() if each not in boxes}
    return {
        **kept,
        NAME: name,
        NUMBER: number,
        **{each: inputs.found[each] for each in sorted(ticked)},
    }
