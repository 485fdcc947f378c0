"""What a practice puts into its website so that people can text it, with what must stand there.

CTIA Messaging Principles (May 2023) 5.1.1 lists the call to action: programme, number, sender,
what is agreed to and fees, how to opt out, help, privacy policy; and it asks for nothing to be
bought. Exhibit II: whoever writes first agreed to be answered, and to no more than that.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from attrs import Attribute, Factory, field, frozen

from compliant_sms import _given
from compliant_sms.contact._links import sms_link
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber, as_number
from compliant_sms.practice import Practice
from compliant_sms.templates import dialed, sender_name

_TEXT_US = {
    "en": "Text us at {number}",
    "es": "Envíenos un mensaje al {number}",
    "fr": "Envoyez-nous un SMS au {number}",
}
_FIRST = {
    "en": "Hello, I have a question.",
    "es": "Hola, tengo una pregunta.",
    "fr": "Bonjour, j'ai une question.",
}
_AGREED = {
    "en": "By texting {number} you ask {name} to answer you by text at the number that you write "
    "from. That is no consent to offers, and nothing that you buy or are treated for depends on "
    "it. Message frequency varies. Message and data rates may apply. Reply STOP to opt out, HELP "
    "for help, or call {phone}.",
    "es": "Al enviar un mensaje al {number} usted pide que {name} le responda por mensaje al "
    "número desde el que escribe. Eso no es consentimiento para recibir ofertas, y ninguna compra "
    "ni atención depende de ello. La frecuencia de los mensajes varía. Pueden aplicarse tarifas de "
    "mensajes y datos. Responda STOP para no recibir mensajes, HELP para obtener ayuda, o llame al "
    "{phone}.",
    "fr": "En envoyant un SMS au {number}, vous demandez à {name} de vous répondre par SMS au "
    "numéro depuis lequel vous écrivez. Ce n'est pas un accord pour recevoir des offres, et ni "
    "achat ni soins n'en dépendent. La fréquence des messages varie. Des frais de messages et de "
    "données peuvent s'appliquer. Répondez STOP pour ne plus recevoir de SMS, HELP pour de l'aide, "
    "ou appelez le {phone}.",
}
_WARNED = {
    "en": "Texts are not encrypted, and others may read them: leave out what is private, and call "
    "us instead. In an emergency call 911.",
    "es": "Los mensajes no están cifrados y otras personas pueden leerlos: no escriba nada "
    "privado; mejor llámenos. En una emergencia llame al 911.",
    "fr": "Les SMS ne sont pas chiffrés et d'autres peuvent les lire : n'écrivez rien de privé, "
    "appelez-nous plutôt. En cas d'urgence, appelez le 911.",
}
_POLICIES = {
    "en": ("Privacy policy", "Terms"),
    "es": ("Política de privacidad", "Términos"),
    "fr": ("Politique de confidentialité", "Conditions"),
}


def _web_address(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    parts = urlsplit(value) if value.isascii() and value.isprintable() else None
    if parts is None or parts.scheme != "https" or not parts.hostname or " " in value:
        msg = f"{attribute.name} is an https address, for example https://clinic.example/privacy"
        raise InvalidInput(msg)


def _spoken(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if value not in _AGREED:
        msg = f"the snippet is there in {', '.join(_AGREED)}; pass one of them"
        raise InvalidInput(msg)


def _first_words(invitation: TextUs) -> str:
    return _FIRST.get(invitation.language, "")


@frozen(kw_only=True)
class TextUs:
    """An invitation to text the practice, for its website.

    Args:
        practice: whose.
        number: whom to text: the sender that the practice texts from.
        privacy_url: the privacy policy (https); carriers want it to say that opt-in data is not
            shared.
        terms_url: the terms (https).
        body: what stands in the text to begin with: see :func:`sms_link`.
        language: ``"en"``, ``"es"`` or ``"fr"``.

    Raises:
        InvalidPhoneNumber: it is no number.
        InvalidInput: another argument cannot be used.
    """

    practice: Practice = field(validator=_given.kind(Practice, "the Practice that is texted"))
    number: PhoneNumber = field(converter=as_number)
    privacy_url: str = field(validator=_web_address)
    terms_url: str = field(validator=_web_address)
    language: str = field(default="en", validator=_spoken)
    body: str = field(default=Factory(_first_words, takes_self=True))

    def __attrs_post_init__(self) -> None:
        """Refuse first words that no link can hold."""
        sms_link(self.number, self.body)

    @property
    def link(self) -> str:
        """The link alone: see :func:`sms_link`."""
        return sms_link(self.number, self.body)

    @property
    def disclosure(self) -> tuple[str, str]:
        """What must stand beside the link, in two paragraphs of plain text."""
        number, phone = dialed(self.number), dialed(self.practice.phone)
        name = sender_name(self.practice)
        agreed = _AGREED[self.language].format(number=number, name=name, phone=phone)
        return agreed, _WARNED[self.language]

    def html(self) -> str:
        """The link and the disclosure as HTML, to be put into a page as it is.

        It has no script, no style and loads nothing; classes begin with ``text-us``.
        """
        told = "".join(f'<p class="text-us-told">{escape(each)}</p>' for each in self.disclosure)
        words = _TEXT_US[self.language].format(number=dialed(self.number))
        privacy, terms = _POLICIES[self.language]
        return (
            f'<section class="text-us" lang="{self.language}">'
            f'<p><a class="text-us-link" href="{escape(self.link)}">{escape(words)}</a></p>'
            f"{told}"
            f'<p class="text-us-policies"><a href="{escape(self.privacy_url)}">{privacy}</a> '
            f'<a href="{escape(self.terms_url)}">{terms}</a></p>'
            "</section>"
        )
