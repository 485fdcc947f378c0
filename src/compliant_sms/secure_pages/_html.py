"""The pages as HTML: no scripts, no pictures, nothing from other hosts."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from attrs import field, frozen

from compliant_sms.phone import PhoneNumber
from compliant_sms.secure_pages._form import LONGEST_REPLY
from compliant_sms.secure_pages._page import Identity, Standing
from compliant_sms.secure_pages._proof import Step
from compliant_sms.secure_pages._words import PageProblem, Words, words_in
from compliant_sms.wire import HttpReply

_CSS = """
:root{color-scheme:light dark;--ink:#1b1f24;--page:#f4f6f8;--card:#fff;--line:#6b7480;
--act:#0b5394;--on-act:#fff;--bad:#a11;--good:#14622f}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebee;--page:#14171a;--card:#1f2429;
--line:#98a2ad;--act:#9cc9f5;--on-act:#10202f;--bad:#ff9b94;--good:#8fd9a5}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:36rem;margin:2rem auto;padding:1.5rem;background:var(--card);border-radius:.75rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
p{margin:.5rem 0;overflow-wrap:anywhere}a{color:var(--act)}
label{display:block;font-weight:600;margin-top:1rem}
.hint{color:var(--ink);opacity:.85;font-size:1rem}
.error{color:var(--bad);font-weight:600}.done{color:var(--good);font-weight:600}
.words{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;margin:1rem 0;
padding-left:1rem;border-left:.25rem solid var(--line)}
input,textarea{width:100%;font:inherit;color:inherit;background:var(--card);padding:.6rem;
border:1px solid var(--line);border-radius:.4rem}
fieldset{margin:1.5rem 0 0;border:1px solid var(--line);border-radius:.4rem}
legend{font-weight:600;padding:0 .4rem}
.choice{display:flex;gap:.75rem;align-items:flex-start;margin:1rem 0}
.choice input{width:1.5rem;height:1.5rem;flex:none}.choice label{font-weight:400;margin:0}
button{margin-top:1rem;min-height:2.75rem;padding:.6rem 1.4rem;font:inherit;font-weight:600;
color:var(--on-act);background:var(--act);border:0;border-radius:.4rem;cursor:pointer}
:focus-visible{outline:.2rem solid var(--act);outline-offset:.2rem}
""".strip()
_CSS_HASH = b64encode(sha256(_CSS.encode()).digest()).decode()

_POWERS = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{power}=()" for power in _POWERS),
        "Vary": "Accept-Language",
    }
)
"""Headers of every answer."""

# HTML allows none of these, escaped or not (WHATWG HTML, 13.2.3.5).
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def safe(words: str) -> str:
    """Escape words so that they may be put anywhere in a page, even between quotes."""
    return html.escape(_CONTROLS.sub("\ufffd", words), quote=True)


def document(main: str, *, title: str, language: str) -> bytes:
    """A whole page, in UTF-8.

    Args:
        main: its content, as HTML.
        title: its title, not escaped.
        language: ISO 639-1.
    """
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{safe(title)}</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex,nofollow,noarchive">'
        f"<style>{_CSS}</style></head><body><main>{main}</main></body></html>"
    ).encode()


def _error(words: str) -> str:
    return f'<p class="error" id="error" role="alert">{safe(words)}</p>' if words else ""


@frozen(kw_only=True)
class PageView:
    """The pages of one practice, for one reader.

    Attributes:
        name: the practice's name, one that does not reveal a kind of care.
        phone: where a patient can call.
        dialed: the same, as written for people.
        language: the language of the pages, from :func:`language_of`.
    """

    name: str
    phone: PhoneNumber
    dialed: str
    language: str
    _words: Words = field(init=False, repr=False)

    @_words.default
    def _spoken(self) -> Words:
        return words_in(self.language)

    def question(
        self,
        asks: Identity,
        proof: str,
        *,
        problem: PageProblem | None = None,
        left: int | None = None,
        unsent: str = "",
    ) -> HttpReply:
        """The question that must be answered before anything is shown.

        Args:
            asks: what it asks for.
            proof: goes into the form.
            problem: what is wrong with the last answer.
            left: how many attempts are left.
            unsent: a reply that was not accepted; it comes back with the answer.
        """
        said = self._words
        label, hint = said.birth_date, said.birth_date_hint
        if asks is Identity.CODE:
            label, hint = said.code, said.code_hint
        wrong = said.problems[problem] if problem else ""
        told = f"{wrong} {said.attempts_left(left)}" if left is not None else wrong
        kept = ""
        if unsent:
            told = f"{told} {said.problems[PageProblem.UNSENT]}"
            kept = f'<input type="hidden" name="unsent" value="{safe(unsent)}">'
        described = "hint error" if told else "hint"
        more = ' aria-invalid="true"' if told else ""
        keys = ' inputmode="numeric"' if asks is Identity.CODE else ""
        return self._page(
            f"<h1>{safe(said.title)}</h1><p>{self._filled(said.waits)}</p>"
            f'<form method="post"><label for="words">{safe(label)}</label>'
            f'<p class="hint" id="hint">{self._filled(hint)}</p>{_error(told)}'
            f'<input id="words" name="words" required autofocus maxlength="40"'
            f' autocomplete="off" spellcheck="false" aria-describedby="{described}"{keys}{more}>'
            f"{self._hidden(Step.ANSWER, proof)}{kept}<button>{safe(said.show)}</button></form>"
            f"{self._call()}",
            status=_STATUS[problem] if problem else 200,
        )

    def waits_for_code(self, *, unsent: str = "") -> HttpReply:
        """The page while there is no code to ask for yet.

        Args:
            unsent: a reply that was not accepted. It is not kept, but stays in sight.
        """
        said = self._words
        return self._page(
            f"<h1>{safe(said.title)}</h1>{self._unsent(unsent)}<p>{self._filled(said.waits)}</p>"
            f"<p>{self._filled(said.no_code)}</p>{self._call()}",
            status=_STATUS[PageProblem.UNSENT] if unsent else 200,
        )

    def message(
        self,
        body: str,
        *,
        spoken: str,
        until: date,
        proof: str,
        draft: str = "",
        problem: PageProblem | None = None,
        reply: str = "",
        stopped: bool | None = False,
    ) -> HttpReply:
        """The message, with a box to reply in.

        Args:
            body: the message.
            spoken: its language, ISO 639-1, for screen readers; empty if not known.
            until: the last day on which the page can be opened.
            proof: goes into the form; empty if no more replies can be written.
            draft: the initial contents of the box.
            problem: what is wrong with the reply.
            reply: what was just sent.
            stopped: whether that ended texts; None if it ended some of them.
        """
        said = self._words
        notes = []
        if reply:
            notes.append(f'<p class="done" role="status">{safe(said.sent)}</p>')
            ended = {True: said.stopped, None: said.stopped_some}.get(stopped)
            notes.extend([f"<p>{safe(ended)}</p>"] if ended else [])
            notes.append(f"<p>{safe(said.you_wrote)}</p>{self._quoted(reply)}")
        day = said.until.format(day=said.on(until))
        return self._page(
            f"{''.join(notes)}<h1>{self._filled(said.message)}</h1>{self._quoted(body, spoken)}"
            f'<p class="hint">{safe(day)} {safe(said.close)}</p>'
            f"{self._reply_box(proof, draft, problem)}{self._call()}",
            status=_STATUS[problem] if problem else 200,
        )

    def _reply_box(self, proof: str, draft: str, problem: PageProblem | None) -> str:
        said = self._words
        if not proof:
            return f"{self._unsent(draft)}<p>{self._filled(said.no_more)}</p>"
        wrong = said.problems[problem].format(count=LONGEST_REPLY) if problem else ""
        described = "hint emergency error" if wrong else "hint emergency"
        more = ' aria-invalid="true" autofocus' if wrong else ""
        return (
            f'<h2><label for="words">{self._filled(said.reply)}</label></h2>'
            f'<p class="hint" id="hint">{safe(said.reply_hint.format(count=LONGEST_REPLY))}</p>'
            f'<p id="emergency"><strong>{safe(said.emergency)}</strong></p>{_error(wrong)}'
            f'<form method="post"><textarea id="words" name="words" rows="5" required'
            f' maxlength="{LONGEST_REPLY}" autocomplete="off" aria-describedby="{described}"{more}>'
            # Browsers drop a line end right after the tag.
            f"\n{safe(draft)}</textarea>{self._hidden(Step.REPLY, proof)}"
            f"<button>{safe(said.send)}</button></form>"
        )

    def closed(self, standing: Standing, *, unsent: str = "") -> HttpReply:
        """The page once nothing can be done with it.

        Args:
            standing: why.
            unsent: a reply that was not accepted.
        """
        locked = standing is Standing.LOCKED
        return self.told(PageProblem.LOCKED if locked else PageProblem.EXPIRED, unsent=unsent)

    def told(self, problem: PageProblem, *, status: int = 0, unsent: str = "") -> HttpReply:
        """A page with nothing but a problem.

        Args:
            problem: which one.
            status: the HTTP status, if not the problem's own.
            unsent: a reply that was not accepted.
        """
        said = self._words
        words = f'<p class="error">{safe(said.problems[problem])}</p>'
        main = f"<h1>{safe(said.title)}</h1>{words}{self._unsent(unsent)}{self._call()}"
        return self._page(main, status=status or _STATUS[problem])

    def _unsent(self, reply: str) -> str:
        """What was not sent, and can be sent from here no more: nobody writes it twice."""
        if not reply:
            return ""
        said = self._words
        told = _error(said.problems[PageProblem.UNSENT])
        return f"{told}<p>{safe(said.you_wrote)}</p>{self._quoted(reply)}"

    def _hidden(self, step: Step, proof: str) -> str:
        return (
            f'<input type="hidden" name="step" value="{step}">'
            f'<input type="hidden" name="proof" value="{safe(proof)}">'
        )

    def _quoted(self, words: str, spoken: str = "") -> str:
        # WCAG 2.2, 3.1.2. The language of a reply is not known.
        lang = f' lang="{safe(spoken)}"' if spoken else ""
        return f'<p class="words" dir="auto"{lang}>{safe(words)}</p>'

    def _filled(self, words: str) -> str:
        return safe(words.format(name=self.name, phone=self.dialed))

    def _call(self) -> str:
        before, there, after = self._words.call.partition("{phone}")
        link = f'<a href="tel:{safe(self.phone.e164)}">{safe(self.dialed)}</a>'
        return f"<p>{self._filled(before)}{link if there else ''}{self._filled(after)}</p>"

    def _page(self, main: str, *, status: int = 200) -> HttpReply:
        title = self._words.title
        if status >= 400:  # screen readers read the title first
            title = f"{self._words.error}: {title}"
        body = document(main, title=f"{title} - {self.name}", language=self.language)
        return HttpReply(status=status, headers=HEADERS, body=body)


_STATUS = {
    PageProblem.WRONG: 403,
    PageProblem.UNREADABLE: 422,
    PageProblem.STALE: 403,
    PageProblem.UNAVAILABLE: 503,
    PageProblem.LOCKED: 403,
    PageProblem.EXPIRED: 410,
    PageProblem.MISSING: 404,
    PageProblem.REFUSED: 403,
    PageProblem.EMPTY: 422,
    PageProblem.TOO_LONG: 422,
    PageProblem.UNSENT: 422,
}
