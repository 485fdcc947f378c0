"""The form as HTML: no script, nothing from anywhere else, and no box ticked."""

from __future__ import annotations

from attrs import frozen

from compliant_sms.permission._fields_sent import BOX, DETAILS, NAME, NUMBER, PROOF, TICKED
from compliant_sms.permission._form import ConsentForm, FormProblem
from compliant_sms.permission._proof import COOKIE
from compliant_sms.secure_pages import HEADERS, document, safe
from compliant_sms.templates import dialled
from compliant_sms.wire import HttpReply

__all__ = ["FormView"]

_TITLE = "Texts from {name}"
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
        form: the form.
    """

    form: ConsentForm

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
        form = self.form
        main = (
            f"<h1>{safe(_TITLE.format(name=form.practice.name))}</h1>"
            f"<p>{safe(form.practice.name)} asks whether you want texts. You choose which, and "
            "you need not agree to any.</p>"
            f'{self._problem(problem)}<form method="post">'
            f"{self._input(NAME, 'Your name', 'name', name, problem)}"
            f"{self._input(NUMBER, 'Your mobile number', 'tel', number, problem)}"
            f"{self._boxes(problem)}{self._details()}"
            f'<p class="hint">If texts to this number were stopped before, also text START to us '
            f"from it.</p>"
            f'<input type="hidden" name="{PROOF}" value="{safe(proof)}">'
            f"<button>Send</button></form>{self._call()}"
        )
        headers = {
            "Set-Cookie": (
                f"{COOKIE}={cookie}; Path=/; Max-Age=7200; Secure; HttpOnly; SameSite=Strict"
            )
        }
        return self._page(main, status=_STATUS.get(problem, 422) if problem else 200, **headers)

    def thanks(self) -> HttpReply:
        """It was taken. The same whatever is known of the number, so that it tells nobody."""
        return self._page(
            '<h1>Thank you</h1><p class="done" role="status">We have your answer.</p><p>You can '
            "reply STOP to any text at any time. If texts to this number were stopped before, text "
            f"START to us from it.</p>{self._call()}"
        )

    def refused(self) -> HttpReply:
        """It was sent by another site's page."""
        problem = FormProblem.STALE
        return self._page(f"<h1>Not sent</h1>{self._problem(problem)}{self._call()}", status=403)

    def _boxes(self, problem: FormProblem | None) -> str:
        wrong = ' aria-describedby="problem"' if _meant(problem) == "boxes" else ""
        boxes = "".join(
            _choice(f"{BOX}{each.programme.id}", each.wording.text.partition("\n")[0])
            for each in self.form.choices
        )
        legend = "<legend>Texts that I agree to</legend>"
        return f"<fieldset{wrong}>{legend}{boxes}{self._legal()}</fieldset>"

    def _details(self) -> str:
        warning = self.form.health_details
        if warning is None:
            return ""
        box = _choice(DETAILS, warning.text)
        return f"<fieldset><legend>Health details in texts</legend>{box}</fieldset>"

    def _legal(self) -> str:
        terms, privacy = safe(self.form.legal.terms_url), safe(self.form.legal.privacy_url)
        return (
            f'<p id="legal">Terms: <a href="{terms}">{terms}</a> '
            f'Privacy policy: <a href="{privacy}">{privacy}</a></p>'
        )

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
            f'<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{typed}" '
            f'autocomplete="{kind}" maxlength="100" required value="{safe(value)}"{wrong}>'
        )

    def _problem(self, problem: FormProblem | None) -> str:
        if problem is None:
            return ""
        return f'<p class="error" id="problem" role="alert">{safe(problem.words)}</p>'

    def _call(self) -> str:
        phone = self.form.practice.phone
        link = f'<a href="tel:{safe(phone.e164)}">{safe(dialled(phone))}</a>'
        return f"<p>Questions? Call {link}.</p>"

    def _page(self, main: str, *, status: int = 200, **headers: str) -> HttpReply:
        title = _TITLE.format(name=self.form.practice.name)
        if status >= 400:  # what is read out first says it
            title = f"Error: {title}"
        body = document(main, title=title, language="en")
        return HttpReply(status=status, headers={**HEADERS, **headers}, body=body)


def _meant(problem: FormProblem | None) -> str:
    return _MEANT_FOR.get(problem, "") if problem else ""


def _choice(name: str, words: str) -> str:
    # Never "checked": a box that comes ticked shows no act of the signer.
    return (
        f'<div class="choice"><input type="checkbox" id="{name}" name="{name}" value="{TICKED}">'
        f'<label for="{name}">{safe(words)}</label></div>'
    )
