"""Firms that are called like somebody: "wells fargo", "edward jones". No finding by itself."""

from __future__ import annotations

from compliant_sms.phi._names._reading import Person
from compliant_sms.phi._reading._view import View

_FIRMS = frozenset(
    {
        *(("wells", "fargo"), ("edward", "jones"), ("charles", "schwab"), ("morgan", "stanley")),
        *(("jp", "morgan"), ("merrill", "lynch"), ("harris", "teeter"), ("eli", "lilly")),
        *(("raymond", "james"), ("john", "hancock"), ("warby", "parker"), ("tim", "hortons")),
        *(("henry", "schein"), ("mary", "kay"), ("duane", "reade"), ("levi", "strauss")),
        *(("oscar", "mayer"), ("ronald", "mcdonald"), ("santa", "claus"), ("jack", "daniels")),
        *(("johns", "hopkins"), ("john", "hopkins"), ("trader", "joe"), ("trader", "joes")),
        *(("sam", "club"), ("sams", "club"), ("papa", "john"), ("papa", "johns")),
        *(("jimmy", "john"), ("jimmy", "johns"), ("red", "robin"), ("ruby", "tuesday")),
        *(("bob", "evans"), ("dr", "pepper"), ("johnson", "johnson"), ("ben", "jerry")),
    }
)


def is_firm(view: View, person: Person) -> bool:
    """Whether the last two words of a name are a firm's that is called like somebody."""
    last = person.last
    if person.start == view.starts[last]:
        return False
    return (view.words[last - 1], view.words[last].removesuffix("'s")) in _FIRMS
