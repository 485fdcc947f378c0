"""The form on which patients agree, in a browser: shown, and sent."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from compliant_sms.errors import ConfigurationError
from compliant_sms.flows._ledger._consent_form import submit_form
from compliant_sms.flows._ledger._permission import permission_of
from compliant_sms.permission import (
    BOX,
    DETAILS,
    NAME,
    NUMBER,
    PROOF,
    SHOWN,
    ConsentForm,
    FormProblem,
    FormView,
    Permission,
    Submission,
    cookie_in,
    fields_sent,
    form_of,
    form_proof,
    proven_form,
)
from compliant_sms.ports import Ports
from compliant_sms.secure_pages import PageRequest, language_of
from compliant_sms.wire import HttpReply


async def answer_form(ports: Ports, request: PageRequest) -> HttpReply:
    """Answer a browser; whatever it sent is durable before.

    Raises:
        ConfigurationError: the practice has no form.
        StoreError: nothing was changed; answer 503.
    """
    permission = permission_of(ports)
    if not permission.form_url:
        msg = "this practice has no form to show: pass Permission(form_url='https://...')"
        raise ConfigurationError(msg)
    visit = _Visit(ports=ports, permission=permission, request=request)
    if request.method != "POST":
        return visit.shown()
    if not request.comes_from(permission.origin):
        return visit.view.refused()
    return await visit.send()


@frozen(kw_only=True)
class _Visit:
    """One request for the form."""

    ports: Ports
    permission: Permission
    request: PageRequest

    @property
    def form(self) -> ConsentForm:
        """In the language that the address asks for, or else the browser."""
        permission, wanted = self.permission, self.request.token
        if not wanted:
            accepted = self.request.header("accept-language")
            wanted = language_of(accepted, "", among=permission.languages)
        return form_of(permission, self.ports.practice, permission.language_for(wanted))

    @property
    def view(self) -> FormView:
        return FormView(form=self.form)

    def shown(
        self, problem: FormProblem | None = None, filled: Mapping[str, str] | None = None
    ) -> HttpReply:
        """The form, to be filled in or mended."""
        cookie = cookie_in(self.request.headers) or self.ports.ids()
        proof = form_proof(
            self.ports.form_keys()[0],
            shown=self.form.fingerprint,
            cookie=cookie,
            nonce=self.ports.ids(),
            at=self.ports.clock(),
        )
        typed = filled or {}
        name, number = typed.get(NAME, ""), typed.get(NUMBER, "")
        return self.view.blank(proof, cookie, problem=problem, name=name, number=number)

    async def send(self) -> HttpReply:
        """Somebody sent the form."""
        filled = fields_sent(self.request)
        if filled is None:
            return self.shown(FormProblem.UNREADABLE)
        nonce = proven_form(
            self.ports.form_keys(),
            filled.get(PROOF, ""),
            shown=filled.get(SHOWN, ""),
            cookie=cookie_in(self.request.headers),
            at=self.ports.clock(),
        )
        if nonce is None:
            return self.shown(FormProblem.STALE, filled)
        done = await submit_form(self.ports, self._submission(filled, nonce))
        # Who is a patient here is nobody's business who knows a name and a number.
        if done.problem in {None, FormProblem.UNKNOWN}:
            return self.view.thanks()
        return self.shown(done.problem, filled)

    def _submission(self, filled: Mapping[str, str], nonce: str) -> Submission:
        return Submission(
            id=nonce,
            shown=filled.get(SHOWN, ""),
            name=filled.get(NAME, ""),
            number=filled.get(NUMBER, ""),
            agreed=[name.removeprefix(BOX) for name in filled if name.startswith(BOX)],
            health_details=DETAILS in filled,
            at=self.ports.clock(),
            ip_address=self.request.address,
            user_agent=self.request.header("user-agent"),
        )
