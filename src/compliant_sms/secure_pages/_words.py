"""The words of the pages, in each of their languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from attrs import frozen

from compliant_sms.choices import Word


class PageProblem(Word):
    """Why a reader does not see what they came for."""

    WRONG = "wrong"
    UNREADABLE = "unreadable"
    STALE = "stale"
    UNAVAILABLE = "unavailable"
    LOCKED = "locked"
    EXPIRED = "expired"
    MISSING = "missing"
    REFUSED = "refused"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNSENT = "unsent"
    """The reply is in the box again, because its page was open for too long."""


@frozen(kw_only=True)
class Words:
    """All words of the pages in one language; ``{name}`` is the practice, ``{phone}`` its phone.

    Attributes:
        problems: by problem; ``{count}`` is how long a reply may be.
        left: how many attempts are left: under ``1``, and under ``other`` with ``{count}``.
        day: the date format, with ``{day}``, ``{month}`` and ``{year}``.
    """

    title: str
    waits: str
    birth_date: str
    birth_date_hint: str
    code: str
    code_hint: str
    no_code: str
    show: str
    error: str
    problems: Mapping[PageProblem, str]
    left: Mapping[str, str]
    call: str
    message: str
    until: str
    day: str
    months: tuple[str, ...]
    reply: str
    reply_hint: str
    emergency: str
    send: str
    sent: str
    you_wrote: str
    stopped: str
    stopped_some: str
    no_more: str
    close: str

    def on(self, day: date) -> str:
        """A date as written in the language."""
        return self.day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def attempts_left(self, count: int) -> str:
        """The sentence that says how many attempts are left."""
        return self.left.get(str(count), self.left["other"]).format(count=count)


_WORDS = {
    "en": Words(
        title="Secure message",
        waits="A message from {name} is waiting for you.",
        birth_date="Date of birth",
        birth_date_hint="For example 03/14/1985 or March 14, 1985. It is the patient's.",
        code="Code",
        code_hint="The 8 digits that {name} told you.",
        no_code="To read it you need a code. Call {name} at {phone} and ask for it.",
        show="Show the message",
        error="Error",
        problems={
            PageProblem.WRONG: "That is not what we have on record.",
            PageProblem.UNREADABLE: "We could not read that. Please write it like the example.",
            PageProblem.STALE: "This page was open for too long. Please answer once more.",
            PageProblem.UNAVAILABLE: "We cannot check that right now. Please try again later.",
            PageProblem.LOCKED: "This page is locked, because there were too many wrong answers.",
            PageProblem.EXPIRED: "This link has expired.",
            PageProblem.MISSING: "There is nothing here. Check that you have the whole link.",
            PageProblem.REFUSED: "We could not take that. Open the link in your message again.",
            PageProblem.EMPTY: "There is nothing in your reply yet.",
            PageProblem.TOO_LONG: "Your reply is too long. It can have at most {count} characters.",
            PageProblem.UNSENT: "Your reply has not been sent yet.",
        },
        left={"1": "You can try once more.", "other": "You can try {count} more times."},
        call="Questions? Call {name} at {phone}.",
        message="Message from {name}",
        until="You can open this page until {day}.",
        day="{month} {day}, {year}",
        months=(
            *("January", "February", "March", "April", "May", "June", "July", "August"),
            *("September", "October", "November", "December"),
        ),
        reply="Reply to {name}",
        reply_hint="At most {count} characters. Somebody at the practice will read it.",
        emergency="In an emergency do not write here: call 911.",
        send="Send",
        sent="Your reply was sent.",
        you_wrote="You wrote:",
        stopped="We will send no more texts to your number.",
        stopped_some="We will send no more texts of that kind to your number.",
        no_more="No more replies can be written here. Call {name} at {phone}.",
        close="When you are done, close this page.",
    ),
    "es": Words(
        title="Mensaje seguro",
        waits="Tiene un mensaje de {name}.",
        birth_date="Fecha de nacimiento",
        birth_date_hint="Por ejemplo 14/03/1985 o 14 de marzo de 1985. Es la del paciente.",
        code="Código",
        code_hint="Los 8 números que {name} le dio.",
        no_code="Para leerlo necesita un código. Llame a {name} al {phone} y pídalo.",
        show="Mostrar el mensaje",
        error="Error",
        problems={
            PageProblem.WRONG: "No coincide con nuestros registros.",
            PageProblem.UNREADABLE: "No pudimos leerlo. Escríbalo como en el ejemplo.",
            PageProblem.STALE: "Esta página estuvo abierta demasiado tiempo. Responda otra vez.",
            PageProblem.UNAVAILABLE: "No podemos comprobarlo ahora. Inténtelo más tarde.",
            PageProblem.LOCKED: "Esta página está bloqueada: demasiadas respuestas incorrectas.",
            PageProblem.EXPIRED: "Este enlace ya no es válido.",
            PageProblem.MISSING: "Aquí no hay nada. Compruebe que tiene el enlace completo.",
            PageProblem.REFUSED: "No pudimos aceptarlo. Abra otra vez el enlace de su mensaje.",
            PageProblem.EMPTY: "Su respuesta todavía está vacía.",
            PageProblem.TOO_LONG: "Su respuesta es demasiado larga: máximo {count} caracteres.",
            PageProblem.UNSENT: "Su respuesta todavía no se ha enviado.",
        },
        left={"1": "Puede intentarlo una vez más.", "other": "Puede intentarlo {count} veces más."},
        call="¿Preguntas? Llame a {name} al {phone}.",
        message="Mensaje de {name}",
        until="Puede abrir esta página hasta el {day}.",
        day="{day} de {month} de {year}",
        months=(
            *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
            *("septiembre", "octubre", "noviembre", "diciembre"),
        ),
        reply="Responder a {name}",
        reply_hint="Como máximo {count} caracteres. Alguien del consultorio lo leerá.",
        emergency="En una emergencia no escriba aquí: llame al 911.",
        send="Enviar",
        sent="Su respuesta fue enviada.",
        you_wrote="Usted escribió:",
        stopped="No enviaremos más mensajes de texto a su número.",
        stopped_some="No enviaremos más mensajes de texto de ese tipo a su número.",
        no_more="Aquí no se pueden escribir más respuestas. Llame a {name} al {phone}.",
        close="Cuando termine, cierre esta página.",
    ),
    "fr": Words(
        title="Message sécurisé",
        waits="Un message de {name} vous attend.",
        birth_date="Date de naissance",
        birth_date_hint="Par exemple 14/03/1985 ou 14 mars 1985. C'est celle du patient.",
        code="Code",
        code_hint="Les 8 chiffres que {name} vous a donnés.",
        no_code="Pour le lire, il vous faut un code. Demandez-le à {name} au {phone}.",
        show="Afficher le message",
        error="Erreur",
        problems={
            PageProblem.WRONG: "Cela ne correspond pas à nos dossiers.",
            PageProblem.UNREADABLE: "Nous n'avons pas pu le lire. Écrivez-le comme dans l'exemple.",
            PageProblem.STALE: "Cette page est restée ouverte trop longtemps. Recommencez.",
            PageProblem.UNAVAILABLE: "Vérification impossible pour le moment. Réessayez plus tard.",
            PageProblem.LOCKED: "Cette page est bloquée, car il y a eu trop de mauvaises réponses.",
            PageProblem.EXPIRED: "Ce lien n'est plus valable.",
            PageProblem.MISSING: "Il n'y a rien ici. Vérifiez que vous avez le lien entier.",
            PageProblem.REFUSED: "Cela n'a pas pu être accepté. Ouvrez à nouveau votre lien.",
            PageProblem.EMPTY: "Votre réponse est encore vide.",
            PageProblem.TOO_LONG: "Votre réponse est trop longue : {count} caractères au plus.",
            PageProblem.UNSENT: "Votre réponse n'a pas encore été envoyée.",
        },
        left={
            "1": "Vous pouvez essayer encore une fois.",
            "other": "Vous pouvez essayer encore {count} fois.",
        },
        call="Des questions ? Appelez {name} au {phone}.",
        message="Message de {name}",
        until="Vous pouvez ouvrir cette page jusqu'au {day}.",
        day="{day} {month} {year}",
        months=(
            *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
            *("septembre", "octobre", "novembre", "décembre"),
        ),
        reply="Répondre à {name}",
        reply_hint="{count} caractères au plus. Quelqu'un du cabinet la lira.",
        emergency="En cas d'urgence, n'écrivez pas ici : appelez le 911.",
        send="Envoyer",
        sent="Votre réponse a été envoyée.",
        you_wrote="Vous avez écrit :",
        stopped="Nous n'enverrons plus de SMS à votre numéro.",
        stopped_some="Nous n'enverrons plus de SMS de ce type à votre numéro.",
        no_more="Aucune autre réponse ne peut être écrite ici. Appelez {name} au {phone}.",
        close="Quand vous avez terminé, fermez cette page.",
    ),
}
LANGUAGES = tuple(_WORDS)
_ENGLISH = "en"
_RANGE = re.compile(r"\s*([a-z]{2,3})(?:-[a-z0-9-]*)?\s*(?:;\s*q=([01](?:\.[0-9]{1,3})?))?\s*")
_MOST_RANGES = 20


def words_in(language: str) -> Words:
    """The words of a language that :func:`language_of` returned."""
    return _WORDS[language]


def language_of(accepted: str, otherwise: str, *, among: Collection[str] = LANGUAGES) -> str:
    """Choose the language of a page for its reader.

    Args:
        accepted: the header ``Accept-Language`` (RFC 9110, 12.5.4); empty if there is none.
        otherwise: the language of the message, ISO 639-1.
        among: the languages of the page.

    Returns:
        the reader's preferred language among those; otherwise the message's; otherwise English.
    """
    ranges = (_RANGE.fullmatch(each) for each in accepted.lower().split(",")[:_MOST_RANGES])
    wishes = [(float(found[2] or 1), found[1]) for found in ranges if found]
    spoken = [(weight, tag) for weight, tag in wishes if tag in among and weight > 0]
    if spoken:
        return max(spoken, key=lambda wish: wish[0])[1]
    return otherwise if otherwise in among else _ENGLISH
