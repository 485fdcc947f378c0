"""The form as HTML: no script, nothing from anywhere else, and no box ticked."""

from __future__ import annotations

from attrs import field, frozen

from compliant_sms.permission._fields_sent import (
    BOX,
    DETAILS,
    NAME,
    NUMBER,
    PROOF,
    SHOWN,
    TICKED,
)
from compliant_sms.permission._form import ConsentForm
from compliant_sms.permission._proof import COOKIE
from compliant_sms.permission._words import FormProblem, Words, words_in
from compliant_sms.secure_pages import HEADERS, document, safe
from compliant_sms.templates import dialed
from compliant_sms.wire import HttpReply

_MEANT_FOR = {
    FormProblem.NO_NAME: NAME,
    FormProblem.NO_NUMBER: NUMBER,
    FormProblem.NOTHING_TICKED: "boxes",
}
_STATUS = {FormProblem.STALE: 403, FormProblem.CHANGED: 409, FormProblem.UNREADABLE: 400}


@frozen(kw_only=True)
class FormView:
    """What a patient sees of a form.

    Attributes:
        form: the form, in whose language all of it is.
    """

    form: ConsentForm
    _words: Words = field(init=False, repr=False)

    @_words.default
    def _spoken(self) -> Words:
        return words_in(self.form.language)

    def blank(
        self,
        proof: str,
        cookie: str,
        *,
        problem: FormProblem | None = None,
        name: str = "",
        number: str = "",
    ) -> HttpReply:
        """The form, to be filled in. No box is ever ticked, whatever was sent before.

        Args:
            proof: goes into the form.
            cookie: the nonce that the browser keeps.
            problem: what is wrong with what was sent.
            name: what was typed.
            number: likewise.
        """
        said, practice = self._words, self.form.practice.name
        main = (
            f"<h1>{safe(said.title.format(name=practice))}</h1>"
            f"<p>{safe(said.asks.format(name=practice))}</p>"
            f'{self._problem(problem)}<form method="post">'
            f"{self._input(NAME, said.your_name, 'name', name, problem)}"
            f"{self._input(NUMBER, said.your_number, 'tel', number, problem)}"
            f"{self._boxes(problem)}{self._details()}"
            f'<p class="hint">{safe(said.start)}</p>'
            f'<input type="hidden" name="{SHOWN}" value="{self.form.fingerprint}">'
            f'<input type="hidden" name="{PROOF}" value="{safe(proof)}">'
            f"<button>{safe(said.send)}</button></form>{self._call()}"
        )
        headers = {
            "Set-Cookie": (
                f"{COOKIE}={cookie}; Path=/; Max-Age=7200; Secure; HttpOnly; SameSite=Strict"
            )
        }
        return self._page(main, status=_STATUS.get(problem, 422) if problem else 200, **headers)

    def thanks(self) -> HttpReply:
        """It came in. The same whatever is known of name and number, so that it tells nobody."""
        said = self._words
        return self._page(
            f'<h1>{safe(said.thanks)}</h1><p class="done" role="status">{safe(said.taken)}</p>'
            f"<p>{safe(said.stop_any_time)}</p>{self._call()}"
        )

    def refused(self) -> HttpReply:
        """It was sent by another site's page."""
        problem = FormProblem.STALE
        heading = f"<h1>{safe(self._words.not_sent)}</h1>"
        return self._page(f"{heading}{self._problem(problem)}{self._call()}", status=403)

    def _boxes(self, problem: FormProblem | None) -> str:
        wrong = ' aria-describedby="problem"' if _meant(problem) == "boxes" else ""
        boxes = "".join(
            _choice(f"{BOX}{each.programme.id}", each.wording.text.partition("\n")[0])
            for each in self.form.choices
        )
        legend = f"<legend>{safe(self._words.agree)}</legend>"
        return f"<fieldset{wrong}>{legend}{boxes}{self._legal()}</fieldset>"

    def _details(self) -> str:
        warning = self.form.health_details
        if warning is None:
            return ""
        box = _choice(DETAILS, warning.text)
        return f"<fieldset><legend>{safe(self._words.about_details)}</legend>{box}</fieldset>"

    def _legal(self) -> str:
        terms, privacy = safe(self.form.legal.terms_url), safe(self.form.legal.privacy_url)
        line = safe(self._words.legal).format(
            terms=f'<a href="{terms}">{terms}</a>', privacy=f'<a href="{privacy}">{privacy}</a>'
        )
        return f'<p id="legal">{line}</p>'

    def _input(
        self, name: str, label: str, kind: str, value: str, problem: FormProblem | None
    ) -> str:
        typed = "tel" if kind == "tel" else "text"
        wrong = (
            ' aria-invalid="true" aria-describedby="problem" autofocus'
            if _meant(problem) == name
            else ""
        )
        return (
            f'<label for="{name}">{safe(label)}</label>'
            f'<input id="{name}" name="{name}" type="{typed}" autocomplete="{kind}" '
            f'maxlength="100" required value="{safe(value)}"{wrong}>'
        )

    def _problem(self, problem: FormProblem | None) -> str:
        if problem is None:
            return ""
        return (
            f'<p class="error" id="problem" role="alert">{safe(self._words.problems[problem])}</p>'
        )

    def _call(self) -> str:
        phone = self.form.practice.phone
        link = f'<a href="tel:{safe(phone.e164)}">{safe(dialed(phone))}</a>'
        return f"<p>{safe(self._words.call).format(phone=link)}</p>"

    def _page(self, main: str, *, status: int = 200, **headers: str) -> HttpReply:
        title = self._words.title.format(name=self.form.practice.name)
        if status >= 400:  # what is read out first says it
            title = f"{self._words.error}: {title}"
        body = document(main, title=title, language=self.form.language)
        return HttpReply(status=status, headers={**HEADERS, **headers}, body=body)


def _meant(problem: FormProblem | None) -> str:
    return _MEANT_FOR.get(problem, "") if problem else ""


def _choice(name: str, words: str) -> str:
    # Never "checked": a box that comes ticked shows no act of the signer.
    return (
        f'<div class="choice"><input type="checkbox" id="{name}" name="{name}" value="{TICKED}">'
        f'<label for="{name}">{safe(words)}</label></div>'
    )
