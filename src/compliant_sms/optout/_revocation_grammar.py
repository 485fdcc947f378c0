"""What asks for no more texts by the order of its words' classes, where no phrase is found.

The classes and the forms are data (``data/grammar.toml``). A text becomes a row of signs, one for
each word, and a form is a regular expression over such rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Any, TypeAlias

from attrs import frozen

from compliant_sms.errors import ConfigurationError
from compliant_sms.optout._heard import Heard
from compliant_sms.optout._revocation_rules import Rule, Says, folded
from compliant_sms.phrases import Found, PhraseRule, listed

__all__ = ["formed", "may_be_formed"]

_Found: TypeAlias = Found[Says]

_FILE = "grammar.toml"
_A_FEW = 6
"""Words of a text in which slips are undone."""
_A_WHOLE = 18
"""Words of a text of which the whole may be a form."""
_NEARBY = 14
"""Words on either side of a form in which something can excuse it."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]{1,8})?|\d+|[^\w\s]|\n")
_TWICE = re.compile(r"([a-z])\1+")
_SIGNS = frozenset("\U0001f6d1\U0001f6ab\u270b\u26d4\U0001f4f5\U0001f645\U0001f515\U0001f590")
_OTHER = "other"
_SHORTEST_PHONE = 4
_NAME = re.compile(r"[a-z]+")
_SPECIAL = frozenset({"mark", "asks", "sign", "phone", "number", "whose", _OTHER})
_FIRST = 0xE000  # private use: no text holds what stands for its words


@frozen(eq=False)
class _Form:
    """One form: where it is called for, and what it looks like in a row of signs."""

    rule: Rule
    finder: re.Pattern[str]
    unless: re.Pattern[str] | None
    needs: frozenset[str]
    whole: bool

    def is_for(self, words: set[str]) -> bool:
        """Whether it may be found in a text that holds one of the words that call for it."""
        return not self.needs or not self.needs.isdisjoint(words)


@frozen(eq=False)
class _Calls:
    """Which words call for which forms."""

    forms: Mapping[str, tuple[_Form, ...]]
    words: frozenset[str]


@frozen(eq=False)
class _Grammar:
    """All forms.

    Args:
        calls: for texts of a few words, word to the forms that it calls for, and all these words.
        long: the same for texts of any length.
        signs: word to the sign of its classes.
        special: the signs of marks, figures and unknown words.
        slips: what is left of a keyword without one letter, to the keywords.
        joined: keywords that are understood with the next word joined to them.
        ordinary: words that are neither.
        footers: where a text's own words end.
    """

    calls: _Calls
    long: _Calls
    signs: Mapping[str, str]
    special: Mapping[str, str]
    slips: Mapping[str, tuple[str, ...]]
    joined: tuple[str, ...]
    ordinary: frozenset[str]
    footers: re.Pattern[str]
    def forms_for(self, words: set[str]) -> set[_Form]:
        """The forms that may be found in a text of these words."""
        calls = self.calls if len(words) <= _A_WHOLE else self.long
        return {
            form for word in calls.words & words for form in calls.forms[word] if form.is_for(words)
        }


def may_be_formed(heard: Heard) -> bool:
    """Whether a text may hold a form."""
    return bool(_forms(heard, _grammar())[0])


def formed(heard: Heard, text: str) -> list[_Found]:
    """What the forms find.

    Args:
        heard: the text as it is read.
        text: it without what is not its writer's own.

    Raises:
        ConfigurationError: the packaged file is damaged.
    """
    grammar = _grammar()
    forms, known = _forms(heard, grammar)
    return list(_found(text, forms, known, grammar)) if forms else []


def _forms(heard: Heard, grammar: _Grammar) -> tuple[set[_Form], dict[str, str]]:
    """The forms that a text calls for, and what its misspelt words are meant to be."""
    known = _slips(heard.words, grammar)
    return grammar.forms_for(heard.words.union(known.values()) if known else heard.words), known


def _found(
    text: str, forms: Iterable[_Form], known: Mapping[str, str], grammar: _Grammar
) -> Iterator[_Found]:
    footer = grammar.footers.search(text)
    tokens = list(_TOKEN.finditer(text, 0, footer.start() if footer else len(text)))
    row = "".join(_sign(known.get(token[0], token[0]), grammar) for token in tokens)
    for form in forms:
        for match in form.finder.finditer(row):
            if match[0] and not _is_excused(form, row, match):
                first, last = tokens[match.start()], tokens[match.end() - 1]
                yield Found(first.start(), last.end(), form.rule)


def _is_excused(form: _Form, row: str, match: re.Match[str]) -> bool:
    start = max(0, match.start() - _NEARBY)
    return bool(form.unless and form.unless.search(row, start, match.end() + _NEARBY))


def _sign(word: str, grammar: _Grammar) -> str:
    return grammar.signs.get(word) or grammar.special[_kind(word)]


def _kind(word: str) -> str:
    if word[0].isdigit():
        return "phone" if len(word) >= _SHORTEST_PHONE else "number"
    if word in _SIGNS:
        return "sign"
    if word == "?":
        return "asks"
    if word.endswith("'s"):
        return "whose"
    return _OTHER if word[0].isalpha() else "mark"


def _slips(words: set[str], grammar: _Grammar) -> dict[str, str]:
    """Words of a short text that are a keyword with one slip, to the keyword."""
    if len(words) > _A_FEW:
        return {}
    meant = ((word, _meant(word, grammar)) for word in words if word not in grammar.signs)
    return {word: keyword for word, keyword in meant if keyword}


def _meant(word: str, grammar: _Grammar) -> str | None:
    if not 4 <= len(word) <= 16 or word in grammar.ordinary:
        return None
    once = _TWICE.sub(r"\1", word)
    if once in grammar.slips.get(once, ()):
        return once
    for rest in (word, *_one_less(word)):
        for keyword in grammar.slips.get(rest, ()):
            if _is_slip(word, keyword):
                return keyword
    begun = (keyword for keyword in grammar.joined if word.startswith(keyword))
    return next((one for one in begun if word[len(one) :] in grammar.signs), None)


def _one_less(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_slip(word: str, keyword: str) -> bool:
    if len(word) != len(keyword):
        return True
    others = sum(ours != theirs for ours, theirs in zip(word, keyword, strict=True))
    return others == 1 or sorted(word) == sorted(keyword)


@cache
def _grammar() -> _Grammar:
    from importlib import resources  # noqa: PLC0415 - needed once, not by whoever only imports

    return _parse(resources.files(__package__).joinpath("data", _FILE).read_text("utf-8"))


def _parse(document: str) -> _Grammar:
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


def _of(table: Mapping[str, Any]) -> _Grammar:
    classes = _classes(table)
    signs, members = _signs(classes, classes.keys() - table["classes"].keys())
    forms = [(_form(row, classes, members), row) for row in table["form"]]
    calls = [(form, _words_of(row["calls"], classes)) for form, row in forms]
    slips: dict[str, list[str]] = {}
    for keyword in listed(table["slips"]):
        for rest in (keyword, *_one_less(keyword)):
            slips.setdefault(rest, []).append(keyword)
    return _Grammar(
        _calls(calls),
        _calls((form, words) for form, words in calls if not form.whole),
        signs,
        _special_signs(),
        {rest: tuple(keywords) for rest, keywords in slips.items()},
        tuple(listed(table["joined"])),
        frozenset(listed(table["ordinary"])),
        re.compile(table["footers"]),
    )


def _calls(called: Iterable[tuple[_Form, set[str]]]) -> _Calls:
    forms: dict[str, tuple[_Form, ...]] = {}
    for form, words in called:
        for word in words:
            forms[word] = (*forms.get(word, ()), form)
    return _Calls(forms, frozenset(forms))


def _classes(table: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The words of each class; a name in a form that is no class is a class of that word.

    Such a word counts as one of no class too.
    """
    classes: dict[str, Sequence[str]] = {
        name: listed(words) for name, words in table["classes"].items()
    }
    for row in table["form"]:
        for name in _NAME.findall(" ".join(row.get(key, "") for key in ("pattern", "unless", "calls", "needs"))):
            if name not in _SPECIAL and name not in ("any", "gap"):
                classes.setdefault(name, [name])
    return classes


def _signs(
    classes: Mapping[str, Sequence[str]], single: Set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The sign of each word, and the signs of each class."""
    of_word: dict[str, set[str]] = {}
    for name, words in classes.items():
        for word in words:
            of_word.setdefault(word, set()).add(name)
    for names in of_word.values():
        if names <= single:
            names.add(_OTHER)
    sign_of: dict[frozenset[str], str] = {
        frozenset({name}): sign for name, sign in _special_signs().items()
    }
    signs = {
        word: sign_of.setdefault(frozenset(names), chr(_FIRST + len(sign_of)))
        for word, names in of_word.items()
    }
    members = {name: "" for name in (*classes, *_SPECIAL)}
    for names, sign in sign_of.items():
        for name in names:
            members[name] += sign
    return signs, members


def _special_signs() -> dict[str, str]:
    return {name: chr(_FIRST + number) for number, name in enumerate(sorted(_SPECIAL))}


def _form(
    row: Mapping[str, Any], classes: Mapping[str, Sequence[str]], members: Mapping[str, str]
) -> _Form:
    rule = PhraseRule(
        id=row["id"], says=Says(row["says"]), words="", pattern="", why=row["why"], groups={}
    )
    excuses = "".join(members[name] for name in listed(row.get("unless", "")))
    finder = re.compile(_compiled(row["pattern"], members))
    return _Form(
        rule,
        finder,
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
        return f"[{members[name[0]]}]"

    bounded = pattern.replace("*", "{0,12}").replace("+", "{1,12}")
    return _NAME.sub(one, bounded).replace(" ", "").replace("^", r"\A").replace("$", r"\Z")
