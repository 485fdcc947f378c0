"""Phone numbers: parsed strictly from what people type, and shown masked.

This module decides whether a string is one telephone number. Whether that number may be texted is
decided elsewhere.

Sources: ITU-T E.164 (form and length), the North American Numbering Plan (area codes, exchanges,
N11 codes), RFC 3966 (``tel:`` URIs), and for what is assigned the metadata of ``phonenumbers`` and
area codes that it does not know yet.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache

import phonenumbers
from attrs import Attribute, field, frozen
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from compliant_sms.errors import InvalidInput, InvalidPhoneNumber, PhoneNumberProblem

__all__ = ["NumberKind", "PhoneNumber", "as_number"]

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_NANP = re.compile(r"\+1\d{10}", re.ASCII)

# Area codes that the metadata does not know yet; the packs say which states they belong to.
_NEW_CODES = frozenset(
    ("357", "436", "457", "465", "471", "483", "621", "624", "679", "729", "837", "861", "924")
)
_NEW_NUMBER = re.compile(r"\+1(\d{3})[2-9](?!11)\d{6}", re.ASCII)

_REMEDIES = {
    PhoneNumberProblem.EMPTY: "There is no phone number: the text is blank.",
    PhoneNumberProblem.NOT_A_NUMBER: (
        "The text is not one phone number. Pass the number alone, for example +1 217 555 0134."
    ),
    PhoneNumberProblem.TOO_SHORT: "The phone number has too few digits.",
    PhoneNumberProblem.TOO_LONG: "The phone number has too many digits, or is several numbers.",
    PhoneNumberProblem.MISSING_AREA_CODE: (
        "The phone number has no area code. Pass all ten digits, for example 217-555-0134."
    ),
    PhoneNumberProblem.SHORT_CODE: "A short code or service code is not a person's phone number.",
    PhoneNumberProblem.INVALID: "No such phone number is assigned in its numbering plan.",
}

_NO_TEXT = (
    "The phone number is not a str. Pass a str, for example '+1 217 555 0134', or a PhoneNumber; "
    "a spreadsheet's whole number may have lost its plus sign."
)


def _invalid(problem: PhoneNumberProblem) -> InvalidPhoneNumber:
    return InvalidPhoneNumber(problem, _REMEDIES[problem])


class NumberKind(StrEnum):
    """What the numbering plan uses a number for. It does not say who answers it today."""

    FIXED_LINE = "fixed_line"
    MOBILE = "mobile"
    FIXED_LINE_OR_MOBILE = "fixed_line_or_mobile"
    TOLL_FREE = "toll_free"
    PREMIUM_RATE = "premium_rate"
    PERSONAL_NUMBER = "personal_number"
    VOIP = "voip"
    PAGER = "pager"
    OTHER = "other"


_KINDS = {
    PhoneNumberType.FIXED_LINE: NumberKind.FIXED_LINE,
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM_RATE,
    PhoneNumberType.PERSONAL_NUMBER: NumberKind.PERSONAL_NUMBER,
    PhoneNumberType.VOIP: NumberKind.VOIP,
    PhoneNumberType.PAGER: NumberKind.PAGER,
}


def _check_syntax(_number: object, _field: Attribute[str], e164: str) -> None:
    if not isinstance(e164, str) or not _E164.fullmatch(e164):
        raise _invalid(PhoneNumberProblem.INVALID)


@frozen(repr=False)
class PhoneNumber:
    """A telephone number.

    ``str()``, ``repr()`` and f-strings show only the masked form; use ``e164`` for the number.

    Args:
        e164: the international form, as in ``+12175550134``. Only its syntax is checked here; use
            :meth:`parse` for what a person typed.

    Raises:
        InvalidPhoneNumber: it is not a plus sign and 7 to 15 digits, the first of them not 0.
    """

    e164: str = field(validator=_check_syntax)

    @classmethod
    def parse(cls, text: str, *, region: str = "US") -> PhoneNumber:
        """Parse a string that stands for one number.

        Everyday notation is read: any decimal digits, blanks, hyphens, dots, brackets, a label such
        as "cell", letters at the end as on a keypad, a ``tel:`` URI. An extension is dropped,
        because texts cannot use one. Markup, formulas, commands, a line break inside the number, or
        letters in place of digits are refused.

        Args:
            text: what was typed.
            region: the ISO 3166-1 code, in capitals, of the country whose national format is
                assumed when there is no country code.

        Returns:
            The number; its numbering plan assigns it to some use.

        Raises:
            InvalidPhoneNumber: the string is not one assigned number; ``problem`` says why.
            InvalidInput: the region is unknown.
        """
        if not isinstance(text, str):
            raise InvalidPhoneNumber(PhoneNumberProblem.NOT_A_NUMBER, _NO_TEXT)
        calling_code = phonenumbers.country_code_for_region(region)
        if not calling_code:
            msg = "The region is unknown. Pass an ISO 3166-1 code in capitals, for example 'US'."
            raise InvalidInput(msg)
        # The international form needs no parsing.
        dialed = text if _E164.fullmatch(text) else _dialed(text)
        problem = _nanp_problem(dialed) if calling_code == 1 else None
        found = problem or _assigned(_digits(dialed), region)
        if isinstance(found, PhoneNumberProblem):
            raise _invalid(found)
        return cls(found)

    @property
    def masked(self) -> str:
        """The country code and at most the last four digits. At least four digits stay hidden."""
        known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
        ends = (end for end in (2, 3, 4) if int(self.e164[1:end]) in known)
        start = next(ends, 1)
        shown = min(4, len(self.e164) - start - 4)
        return f"{self.e164[:start]}*******{self.e164[-shown:] if shown > 0 else ''}"

    @property
    def area_code(self) -> str | None:
        """The three-digit area code of a North American number, None for any other."""
        return self.e164[2:5] if _NANP.fullmatch(self.e164) else None

    @property
    def kind(self) -> NumberKind:
        """What the numbering plan uses the number for."""
        try:
            number = phonenumbers.parse(self.e164)
        except NumberParseException:
            return NumberKind.OTHER
        return _KINDS.get(phonenumbers.number_type(number), NumberKind.OTHER)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<PhoneNumber {self.masked}>"

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)


def as_number(given: str | PhoneNumber) -> PhoneNumber:
    """Convert to a number; a string is read by :meth:`PhoneNumber.parse`."""
    return given if isinstance(given, PhoneNumber) else PhoneNumber.parse(given)


# What a symbol such as an emoji becomes, so that one class can skip it.
_SYMBOL = "\N{BLACK TELEPHONE}"
_MIDDLE_DOTS = "\N{MIDDLE DOT}\N{BULLET}"
_PLAIN_CHARACTERS = {
    "\N{MINUS SIGN}": "-",
    "\N{HYPHEN BULLET}": "-",
    "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}": "-",
    "\N{VARIATION SELECTOR-15}": "",
    "\N{VARIATION SELECTOR-16}": "",
    # It shows digits backwards, as another number, so it is kept and refused. Its counterpart,
    # which address books put before a copied number, shows them in reading order.
    "\N{RIGHT-TO-LEFT OVERRIDE}": "\N{RIGHT-TO-LEFT OVERRIDE}",
}
_PLAIN_CATEGORIES = {
    "Cf": "",
    "Pd": "-",
    "Pf": '"',
    "Pi": '"',
    "Sk": _SYMBOL,
    "So": _SYMBOL,
    "Zs": " ",
}

_BEFORE = f" '\"`=:#-{_SYMBOL}{_MIDDLE_DOTS}"
_AFTER = f" '\"`.,:;!?-{_SYMBOL}{_MIDDLE_DOTS}"

_SEPARATOR = rf"[-. ()\[\]/*_~{_MIDDLE_DOTS}]"
_NUMBER = rf"[(\[]?\+?(?:{_SEPARATOR}*[0-9])+{_SEPARATOR}*"
_SPREADSHEET_FLOAT = r"[0-9]{10,11}(?=\.0{1,2}\Z)"
_VANITY = (
    rf"(?:\+?1{_SEPARATOR}*)?[(\[]?[2-9][0-9]{{2}}{_SEPARATOR}*(?:[0-9]{_SEPARATOR}*){{0,3}}"
    rf"(?:[A-Z]{_SEPARATOR}?){{4,7}}"
)
# ";ext=" is RFC 3966; a bare comma or semicolon is the pause that address books store.
_EXTENSION = (
    r"(?:;ext=[0-9]{1,7}"
    r"|[ ,;]*(?:e?xt?n?|extensi[oó]n|option|\u00d7)[ .:#]*[0-9]{1,7}"
    r"|[ ,;]*\#\ ?[0-9]{1,6}"
    r"|(?:[,;]|\ ?[,;]{2,}\ ?)[0-9]{1,6})\#?"
)
_LABEL = (
    r"(?:[chmptw]|cell|cellular|celular|cell\ ?phone|cel|mobile|mob|m[oó]vil|phone|telephone"
    r"|tel[eé]fono|tel|ph|home|casa|work|trabajo|office|main|primary|direct|day|daytime|evening"
    r"|landline|call|text|sms|reach|contact|number|num|nbr|nr|n[uú]mero|my|mi|our|his|her|their"
    r"|the|this|is|it's|its|es|at|on|me|you|can|please|mom|mother|dad|father|wife|husband|son"
    r"|daughter)"
    r"(?:'s)?\b"
)
_LABELS = rf"{_LABEL}(?:[ .:#{_SYMBOL}-]+{_LABEL})*"


@cache  # compiled at first use: that takes longer than the rest of the import
def _typed() -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?P<angle><)?
        (?:[(\[]?{_LABELS}[)\].:#{_SYMBOL}\ -]*)?
        (?P<letter_for_1>[LI][-.\ ])?
        (?:(?P<number>{_SPREADSHEET_FLOAT}|{_NUMBER})(?:\.0{{1,2}})?|(?P<vanity>{_VANITY}))
        (?:{_EXTENSION})?
        (?:;phone-context=(?P<context>\+[0-9]{{1,3}}))?
        (?:[ ,{_SYMBOL}-]*[ (\[]?\b{_LABELS}[)\]]*)?
        (?(angle)>)
        """,
        re.IGNORECASE | re.VERBOSE,
    )


_LONGEST_TYPED = 120

_SHORT_CODE = re.compile(r"[2-9][0-9]{4,5}")
_SERVICE_CODE = re.compile(r"[2-9]11|988")
_LONGEST_DIALLED = 18

_PARSE_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: PhoneNumberProblem.INVALID,
    NumberParseException.NOT_A_NUMBER: PhoneNumberProblem.TOO_SHORT,
    NumberParseException.TOO_SHORT_AFTER_IDD: PhoneNumberProblem.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: PhoneNumberProblem.TOO_SHORT,
    NumberParseException.TOO_LONG: PhoneNumberProblem.TOO_LONG,
}
_LENGTH_PROBLEMS = {
    ValidationResult.TOO_SHORT: PhoneNumberProblem.TOO_SHORT,
    ValidationResult.TOO_LONG: PhoneNumberProblem.TOO_LONG,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneNumberProblem.MISSING_AREA_CODE,
}


def _dialed(text: str) -> str:
    """The digits and their separators, with a plus sign before a country code."""
    visible = _visible(text)
    if not visible:
        raise _invalid(PhoneNumberProblem.EMPTY)
    if len(visible) > _LONGEST_TYPED:
        digits_only = re.fullmatch(_NUMBER, visible)
        problem = PhoneNumberProblem.TOO_LONG if digits_only else PhoneNumberProblem.NOT_A_NUMBER
        raise _invalid(problem)
    typed = _typed().fullmatch(visible.lstrip(_BEFORE).rstrip(_AFTER))
    if not typed:
        raise _invalid(PhoneNumberProblem.NOT_A_NUMBER)
    return _number(typed)


def _number(typed: re.Match[str]) -> str:
    number, vanity = typed["number"], typed["vanity"]
    if vanity:
        if not _is_spelled("".join(filter(str.isalpha, vanity.upper()))):
            raise _invalid(PhoneNumberProblem.NOT_A_NUMBER)
        number = phonenumbers.convert_alpha_characters_in_number(vanity)
    if typed["letter_for_1"]:
        number = f"1 {number}"
    if typed["context"] and "+" not in number:
        number = f"{typed['context']} {number}"
    return number


def _is_spelled(letters: str) -> bool:
    """Whether letters spell a word, unlike "OIOI", a mistyped 0101, or "XXXX", omitted digits."""
    return not set(letters) <= set("OIL") and len(set(letters)) > 1 and "XXX" not in letters


def _visible(text: str) -> str:
    return text.strip() if text.isascii() else "".join(map(_plain, text)).strip()


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _PLAIN_CHARACTERS:
        return _PLAIN_CHARACTERS[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category in _PLAIN_CATEGORIES:
        return _PLAIN_CATEGORIES[category]
    # Superscripts and circled digits are not digits of a phone number.
    folded = unicodedata.normalize("NFKC", character)
    return character if any(map(str.isdigit, folded)) else folded


def _nanp_problem(dialed: str) -> PhoneNumberProblem | None:
    digits = _digits(dialed)
    if digits.startswith(("+", "011")):
        return None
    if _SHORT_CODE.fullmatch(dialed) or _SERVICE_CODE.fullmatch(digits):
        return PhoneNumberProblem.SHORT_CODE
    if len(digits) == 7:
        return PhoneNumberProblem.MISSING_AREA_CODE
    if len(digits) < 10:
        return PhoneNumberProblem.TOO_SHORT
    too_long = len(digits) > 10 + digits.startswith("1")
    return PhoneNumberProblem.TOO_LONG if too_long else None


def _digits(dialed: str) -> str:
    return ("+" if "+" in dialed else "") + re.sub("[^0-9]", "", dialed)


# Bounded, and called only with normalized digits: a batch asks for the same numbers repeatedly.
@lru_cache(maxsize=4096)
def _assigned(digits: str, region: str) -> str | PhoneNumberProblem:
    if len(digits) > _LONGEST_DIALLED:
        return PhoneNumberProblem.TOO_LONG
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException as error:
        return _PARSE_PROBLEMS[error.error_type]
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    new = _NEW_NUMBER.fullmatch(e164)
    if phonenumbers.is_valid_number(number) or (new and new[1] in _NEW_CODES):
        return e164
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _LENGTH_PROBLEMS.get(reason, PhoneNumberProblem.INVALID)
