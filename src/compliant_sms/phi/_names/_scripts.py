"""Names in texts of other scripts, where a word or a sign beside them says so. No finding."""
# ruff: noqa: RUF001 - letters and signs of other scripts look like those of Latin

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from compliant_sms.phi._names._reading import Person
from compliant_sms.phi._reading._view import View

# The surnames of most people in China, and in Korea.
_CHINESE = (
    "李王张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝"
    "宋唐许許韩韓冯馮邓鄧曹彭曾肖田董潘袁蔡蒋余于杜叶葉程魏苏蘇吕"
)
_KOREAN = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구"

# What begins as a name does, and is none: this week, parking, the morning, a notice.
_NO_KOREAN = (
    "이번|이쪽|오전|오후|오늘|주차|주말|정기|정상|신규|신청|유료|안내|성인|고객"
    "|전화|전체|문의|배송|임시"
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    cyrillic = "[А-ЯІЇЄҐ][а-яіїєґё']+"
    called = "[Зз]овут|[Зз]вати|[Ээ]то|[Цц]е|[Ии]мя|[Фф]амилия"
    han, hangul, arabic, nagari = "[一-鿿]", "[가-힣]", "[ء-ي]", "[ऀ-ॿ]"
    opens = "(?:^|[.!?,] |안녕하세요[.!,]? )"
    chinese, korean = f"[{_CHINESE}]{han}{{1,2}}", f"[{_KOREAN}]{hangul}{{1,2}}"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"(?:{called}):? ({cyrillic}(?: {cyrillic}){{0,2}})",
            rf"(?:我叫|我是|姓名|名字是|名字叫)[:： ]?({chinese})(?!{han})",
            rf"(?:^|[,，。 ])({chinese})(?=[。.,， ]|$)",
            rf"(?:私は|わたしは|名前は)({han}{{2,5}})(?=です|と|。|$)",
            rf"({han}{{1,5}})(?=様|さん)",
            rf"(?:저는|이름은) ({hangul}{{2,4}}?)(?=입니다|이에요|예요|이고|라고)",
            rf"(?<!{hangul})({korean})(?= ?(?:보호자|환자)? ?(?:님|씨)(?!{hangul}))",
            rf"{opens}(?!{_NO_KOREAN})([{_KOREAN}]{hangul}{{2}})(?=입니다|이에요|예요)",
            rf"(?:اسمي|إسمي) ({arabic}{{3,}}(?: {arabic}{{3,}})?)",
            rf"(?:أنا|انا) ({arabic}{{3,}} {arabic}{{3,}})$",
            rf"नाम ({nagari}+(?: {nagari}+)?) (?:है|हैं)",
        )
    )


def in_scripts(view: View) -> Iterator[Person]:
    """Whom a text of another script names: "меня зовут ...", "我叫...", "... 様".

    Args:
        view: the text; the signs are looked for as given, as some are written in parts there.
    """
    for pattern in _patterns():
        for match in pattern.finditer(view.given):
            start, end = view.found(*match.span(1))
            yield Person(start, end, max(0, view.word_at(end) - 1), "other-script")
