"""How words of certain classes in a certain order ask for no more texts. Data, read at first use.

The classes and the forms are data (``data/grammar.toml``). A text becomes a row of signs, one for
each word, and a form is a regular expression over such rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from typing import Any

from attrs import field, frozen

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.optout._revocation_rules import Rule, Says, folded
from compliant_sms.phrases import PhraseRule, listed

_FILE = "grammar.toml"
_A_WHOLE = 18
"""Words of a text of which the whole may be a form."""
OTHER = "other"
"""The class of words that are in no class."""
_NAME = re.compile(r"[a-z]+")
_SPECIAL = frozenset({"mark", "ends", "asks", "sign", "phone", "number", "whose", OTHER})
_WIDE = frozenset({"any", "gap", "inside"})
_NAMING = ("pattern", "unless", "calls", "needs")
_FIRST = 0xE000  # private use: no text holds what stands for its words


@frozen(eq=False)
class Form:
    """One form.

    Args:
        rule: its name, and what it says.
        pattern: finds it in a row of classes.
        members: of each class the signs.
        unless: what excuses it nearby in its sentence.
        needs: words of which the text must hold one, beside one that calls for it.
        whole: whether it is a whole text.
    """

    rule: Rule
    pattern: str
    members: Mapping[str, str] = field(repr=False)
    unless: re.Pattern[str] | None
    needs: frozenset[str]
    whole: bool

    @cached_property
    def finder(self) -> re.Pattern[str]:
        """Finds it in a row of signs; compiled once it is tried."""
        return re.compile(_compiled(self.pattern, self.members))

    def is_for(self, words: set[str]) -> bool:
        """Whether it may be found in a text that holds one of the words that call for it."""
        return not self.needs or not self.needs.isdisjoint(words)


@frozen(eq=False)
class Calls:
    """Which words call for which forms."""

    forms: Mapping[str, tuple[Form, ...]]
    words: frozenset[str]


@frozen(eq=False)
class Grammar:
    """All forms.

    Args:
        calls: for texts of a few words, word to the forms that it calls for, and all these words.
        long: the same for texts of any length.
        signs: word to the sign of its classes.
        special: the signs of marks, figures and unknown words.
        ends: finds where a sentence ends in a row of signs.
        slips: what is left of a keyword without one letter, to the keywords.
        joined: keywords that are understood with the next word joined to them.
        ordinary: words that are neither.
        footers: where a text's own words end.
    """

    calls: Calls
    long: Calls
    signs: Mapping[str, str]
    special: Mapping[str, str]
    ends: re.Pattern[str]
    slips: Mapping[str, tuple[str, ...]]
    joined: tuple[str, ...]
    ordinary: frozenset[str]
    footers: re.Pattern[str]

    def forms_for(self, words: set[str]) -> set[Form]:
        """The forms that may be found in a text of these words."""
        calls = self.calls if len(words) <= _A_WHOLE else self.long
        return {
            form for word in calls.words & words for form in calls.forms[word] if form.is_for(words)
        }


@cache
def grammar() -> Grammar:
    """The packaged forms."""
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> Grammar:
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    try:
        table = tomllib.loads(folded(document))
        return _of(table)
    except tomllib.TOMLDecodeError as error:
        msg = f"{_FILE} is not valid TOML: {error}"
        raise ConfigurationError(msg) from error
    except (KeyError, TypeError, ValueError, re.error) as error:
        msg = f"{_FILE}: {error.args[0]}"
        raise ConfigurationError(msg) from error


def _of(table: Mapping[str, Any]) -> Grammar:
    classes = _classes(table)
    signs, members = _signs(classes, classes.keys() - table["classes"].keys())
    forms = [(_form(row, classes, members), row) for row in table["form"]]
    calls = [(form, _words_of(row["calls"], classes)) for form, row in forms]
    return Grammar(
        _calls(calls),
        _calls((form, words) for form, words in calls if not form.whole),
        signs,
        _special_signs(),
        re.compile(f"[{members['ends']}{members['asks']}]"),
        _slips(listed(table["slips"])),
        tuple(listed(table["joined"])),
        frozenset(listed(table["ordinary"])),
        re.compile(table["footers"]),
    )


def _slips(keywords: Iterable[str]) -> dict[str, tuple[str, ...]]:
    slips: dict[str, tuple[str, ...]] = {}
    for keyword in keywords:
        for rest in {keyword, *one_less(keyword)}:
            slips[rest] = (*slips.get(rest, ()), keyword)
    return slips


def one_less(word: str) -> Iterator[str]:
    """A word without each of its letters in turn."""
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _calls(called: Iterable[tuple[Form, set[str]]]) -> Calls:
    forms: dict[str, tuple[Form, ...]] = {}
    for form, words in called:
        for word in words:
            forms[word] = (*forms.get(word, ()), form)
    return Calls(forms, frozenset(forms))


def _classes(table: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The words of each class; a name in a form that is no class is a class of that word.

    Such a word counts as one of no class too.
    """
    classes: dict[str, Sequence[str]] = {
        name: listed(words) for name, words in table["classes"].items()
    }
    used = " ".join(row.get(key, "") for row in table["form"] for key in _NAMING)
    for name in set(_NAME.findall(used)) - _SPECIAL - _WIDE:
        classes.setdefault(name, [name])
    return classes


def _signs(
    classes: Mapping[str, Sequence[str]], single: AbstractSet[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The sign of each word, and the signs of each class."""
    of_word: dict[str, set[str]] = {}
    for name, words in classes.items():
        for word in words:
            of_word.setdefault(word, set()).add(name)
    for names in of_word.values():
        if names <= single:
            names.add(OTHER)
    sign_of: dict[frozenset[str], str] = {
        frozenset({name}): sign for name, sign in _special_signs().items()
    }
    signs = {
        word: sign_of.setdefault(frozenset(names), chr(_FIRST + len(sign_of)))
        for word, names in of_word.items()
    }
    members = dict.fromkeys((*classes, *_SPECIAL), "")
    for classes_of, sign in sign_of.items():
        for name in classes_of:
            members[name] += sign
    members["mark"] += members["ends"]
    return signs, members


def _special_signs() -> dict[str, str]:
    return {name: chr(_FIRST + number) for number, name in enumerate(sorted(_SPECIAL))}


def _form(
    row: Mapping[str, Any], classes: Mapping[str, Sequence[str]], members: Mapping[str, str]
) -> Form:
    rule = PhraseRule(
        id=row["id"], says=Says(row["says"]), words="", pattern="", why=row["why"], groups={}
    )
    excuses = "".join(members[name] for name in listed(row.get("unless", "")))
    re.compile(_NAME.sub("x", row["pattern"]))  # whatever is damaged is refused at once
    return Form(
        rule,
        row["pattern"],
        members,
        re.compile(f"[{excuses}]") if excuses else None,
        frozenset(_words_of(row.get("needs", ""), classes)),
        row["pattern"].startswith("^") and row["pattern"].endswith("$"),
    )


def _words_of(names: str, classes: Mapping[str, Sequence[str]]) -> set[str]:
    return {word for name in listed(names) for word in classes[name]}


def _compiled(pattern: str, members: Mapping[str, str]) -> str:
    def one(name: re.Match[str]) -> str:
        if name[0] == "any":
            return "."
        if name[0] == "gap":
            return f"[{members['fill']}{members['mark']}]"
        if name[0] == "inside":
            return f"[^{members['mark']}{members['asks']}{members['sign']}]"
        return f"[{members[name[0]]}]"

    bounded = pattern.replace("*", "{0,12}").replace("+", "{1,12}")
    bounded = bounded.replace("^", r"\A").replace("$", r"\Z")
    return _NAME.sub(one, bounded).replace(" ", "")
