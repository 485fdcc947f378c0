"""Filling in the permission form in a test, whichever test client fetched it."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.permission import BOX, DETAILS, NAME, NUMBER, SHOWN


class _Inputs(HTMLParser):
    """The fields of a page by name, each with the value that the page gave it."""

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
    """Return the fields that a browser posts when a patient has filled in the permission form.

    Get the form with your test client, then post these fields to the same address with the same
    client, because its cookie belongs to the page. The cookie is sent over https only, so the
    client's ``base_url`` must begin with ``https://``.

    Args:
        page: the HTML of the form, as your endpoint returned it.
        name: what the patient types as their name.
        number: what the patient types as their number.
        agreed: ids of the programmes whose boxes the patient ticks.
        health_details: whether the patient ticks the box for health details by text.

    Raises:
        InvalidInput: the page is not a permission form, or has no such box.
    """
    _given.a_text(page, "page")
    inputs = _Inputs()
    inputs.feed(page)
    if SHOWN not in inputs.found:
        msg = "the page is not a permission form. Pass the HTML of the response to GET, as text."
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
