"""What permission says, in the languages in which it can be asked for."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from compliant_sms.choices import Word
from compliant_sms.consent import Wording

ENGLISH = "en"
"""The language of whatever is not translated."""


class FormProblem(Word):
    """Why a form is not accepted."""

    CHANGED = "changed"
    """The words are no longer those that were shown."""
    NO_NAME = "no_name"
    """There is none, or one so long that it would not go on record whole."""
    NO_NUMBER = "no_number"
    NOTHING_TICKED = "nothing_ticked"
    STALE = "stale"
    """It was not sent from the page that we showed, or too late."""
    UNKNOWN = "unknown"
    """Nobody could tell which patient it is. The library's own page does not say so: whoever knows
    a name and a number could ask it whether that is a patient."""
    UNREADABLE = "unreadable"

    @property
    def words(self) -> str:
        """What a patient is told, in English."""
        return self.words_in(ENGLISH)

    def words_in(self, language: str) -> str:
        """What a patient is told.

        Args:
            language: one of :attr:`Permission.languages`.
        """
        return words_in(language).problems[self]


class Period(Word):
    """In which time a programme's texts are counted."""

    WEEK = "week"
    MONTH = "month"


@frozen(kw_only=True)
class Words:
    """All words in one language. Pairs are of texts about care, and of marketing.

    ``{name}`` is the practice, ``{about}`` and ``{often}`` what a programme says of itself.

    Attributes:
        box: what stands beside a box on a form.
        script: what somebody reads out who asks.
        question: the text that asks, without its end; in letters of GSM-7 alone, as ``ends`` and
            ``welcome``, because another one more than doubles what a text costs.
        ends: how it ends.
        welcome: the first text after an opt-in.
        with_details: what it says behind what texts are about, to whoever wants health details.
        varies: how often texts come where nothing else is said.
        often: how often they may come, for example.
        up_to: how many come at most in each period.
        legal: the line with terms and privacy policy, on a form.
        legal_by_text: the same in a text.
        details: the words beside the box for health details.
        title, asks, your_name, your_number, agree, about_details, start, send, thanks, taken,
        stop_any_time, not_sent, call, error: what else stands on a form.
        problems: each by itself.
    """

    box: tuple[str, str]
    script: tuple[str, str]
    question: tuple[str, str]
    ends: str
    welcome: str
    with_details: str
    varies: str
    often: str
    up_to: Mapping[Period, str]
    legal: str
    legal_by_text: str
    details: Wording
    title: str
    asks: str
    your_name: str
    your_number: str
    agree: str
    about_details: str
    start: str
    send: str
    thanks: str
    taken: str
    stop_any_time: str
    not_sent: str
    call: str
    error: str
    problems: Mapping[FormProblem, str]


_DETAILS = "health-details/1"
_WORDS = {
    "en": Words(
        box=(
            (
                "I agree that {name} may send me automated texts about {about} at the mobile "
                "number that I gave on this form. I need not agree: it is not a condition of "
                "getting care. {often} Message and data rates may apply. Reply STOP to opt out, "
                "HELP for help."
            ),
            (
                "I agree that {name} may send me automated marketing texts about {about} at the "
                "mobile number that I gave on this form. I need not agree: it is not a condition "
                "of buying anything or of getting care. {often} Message and data rates may apply. "
                "Reply STOP to opt out, HELP for help."
            ),
        ),
        script=(
            (
                "May {name} send you automated texts about {about} at this mobile number? You need "
                "not agree: it is not a condition of getting care. {often} Message and data rates "
                "may apply. You can reply STOP at any time to opt out, or HELP for help."
            ),
            (
                "May {name} send you automated marketing texts about {about} at this mobile "
                "number? You need not agree: it is not a condition of buying anything or of "
                "getting care. {often} Message and data rates may apply. You can reply STOP at any "
                "time to opt out, or HELP for help."
            ),
        ),
        question=(
            (
                "{name}: May we send you automated texts about {about} at this number? Reply YES "
                "to agree. It is not a condition of getting care."
            ),
            (
                "{name}: Reply YES to agree to automated marketing texts from us about {about} at "
                "this number. It is not a condition of buying anything or of getting care."
            ),
        ),
        ends="Msg & data rates may apply. Reply STOP to opt out, HELP for help.",
        welcome="{name}: you will get texts about {about}. {often} Msg & data rates may apply. "
        "Reply HELP for help, STOP to opt out.",
        with_details=", with health details as you asked",
        varies="Message frequency varies.",
        often="Up to 4 messages a month.",
        up_to={
            Period.WEEK: "Up to {count} message{s} a week.",
            Period.MONTH: "Up to {count} message{s} a month.",
        },
        legal="Terms: {terms} Privacy policy: {privacy}",
        legal_by_text="Terms: {terms} Privacy policy: {privacy}",
        details=Wording(
            text="I want health details in texts too, such as the name of a medicine or of a test. "
            "I understand that texts are not encrypted: others may read them on their way or on my "
            "phone. I can take this back at any time.",
            version=_DETAILS,
        ),
        title="Texts from {name}",
        asks="{name} asks whether you want texts. You choose which, and you need not agree to any.",
        your_name="Your name",
        your_number="Your mobile number",
        agree="Texts that I agree to",
        about_details="Health details in texts",
        start="If texts to this number were stopped before, text START to us from it first, and "
        "then send this form.",
        send="Send",
        thanks="Thank you",
        taken="We have your answer. If we know you by this name and number, a text to it confirms "
        "what you agreed to; the same text comes at most once a day. If none has come in an hour, "
        "please call us.",
        stop_any_time="You can reply STOP to any text at any time. If texts to this number were "
        "stopped before, text START to us from it, and send this form again after that.",
        not_sent="Not sent",
        call="Questions? Call {phone}.",
        error="Error",
        problems={
            FormProblem.CHANGED: "Our words have changed since you opened this page. Please read "
            "them again, and tick what you agree to.",
            FormProblem.NO_NAME: "Please type your name: it stands for your signature.",
            FormProblem.NO_NUMBER: "That is not a phone number that we can text. Please check it, "
            "with its area code.",
            FormProblem.NOTHING_TICKED: "Please tick at least one box, or close this page: you "
            "need not agree to anything.",
            FormProblem.STALE: "This page was open for too long, or its cookie is gone. Please "
            "fill it in again.",
            FormProblem.UNKNOWN: "We could not find you by this name and number. Please call us.",
            FormProblem.UNREADABLE: "We could not read what your browser sent. Please fill the "
            "form in again.",
        },
    ),
    "es": Words(
        box=(
            (
                "Acepto que {name} me envíe mensajes de texto automatizados sobre {about} al "
                "número de celular que di en este formulario. No tengo que aceptar: no es "
                "condición para recibir atención. {often} Pueden aplicarse tarifas de mensajes y "
                "datos. Responda STOP para no recibir mensajes, HELP para obtener ayuda."
            ),
            (
                "Acepto que {name} me envíe mensajes de texto publicitarios automatizados sobre "
                "{about} al número de celular que di en este formulario. No tengo que aceptar: no "
                "es condición para comprar nada ni para recibir atención. {often} Pueden aplicarse "
                "tarifas de mensajes y datos. Responda STOP para no recibir mensajes, HELP para "
                "obtener ayuda."
            ),
        ),
        script=(
            (
                "¿Puede {name} enviarle mensajes de texto automatizados sobre {about} a este "
                "número de celular? No tiene que aceptar: no es condición para recibir atención. "
                "{often} Pueden aplicarse tarifas de mensajes y datos. En cualquier momento "
                "puede responder STOP para no recibir mensajes. Responda HELP para obtener ayuda."
            ),
            (
                "¿Puede {name} enviarle mensajes de texto publicitarios automatizados sobre "
                "{about} a este número de celular? No tiene que aceptar: no es condición para "
                "comprar nada ni para recibir atención. {often} Pueden aplicarse tarifas de "
                "mensajes y datos. En cualquier momento puede responder STOP para no recibir "
                "mensajes. Responda HELP para obtener ayuda."
            ),
        ),
        question=(
            (
                "{name}: ¿Podemos enviarle mensajes automatizados sobre {about} a este celular? "
                "Responda SI para aceptar. No es requisito para que le atendamos."
            ),
            (
                "{name}: Responda SI para aceptar que le enviemos mensajes publicitarios "
                "automatizados sobre {about} a este celular. No es requisito para comprar ni para "
                "que le atendamos."
            ),
        ),
        ends="Pueden aplicarse tarifas de mensajes y datos. Responda STOP para no recibir "
        "mensajes, HELP para obtener ayuda.",
        welcome="{name}: le enviaremos mensajes sobre {about}. {often} Pueden aplicarse tarifas de "
        "mensajes y datos. Responda HELP para obtener ayuda, STOP para no recibir mensajes.",
        with_details=", con detalles de salud, a su pedido",
        varies="La frecuencia de los mensajes puede variar.",
        often="Hasta 4 mensajes al mes.",
        up_to={
            Period.WEEK: "Hasta {count} mensaje{s} a la semana.",
            Period.MONTH: "Hasta {count} mensaje{s} al mes.",
        },
        legal="Términos: {terms} Política de privacidad: {privacy}",
        legal_by_text="Términos: {terms} Privacidad: {privacy}",
        details=Wording(
            text="Quiero que los mensajes también incluyan detalles de salud, como el nombre de un "
            "medicamento o de un examen. Entiendo que los mensajes de texto no están cifrados: "
            "otras personas pueden leerlos en el camino o en mi teléfono. Puedo cambiar de opinión "
            "en cualquier momento.",
            version=_DETAILS,
        ),
        title="Mensajes de texto de {name}",
        asks="{name} le pregunta si quiere recibir mensajes de texto. Usted elige cuáles, y no "
        "tiene que aceptar ninguno.",
        your_name="Su nombre",
        your_number="Su número de celular",
        agree="Mensajes que acepto",
        about_details="Detalles de salud en los mensajes",
        start="Si antes pidió no recibir mensajes en este número, envíenos primero START desde él "
        "y luego este formulario.",
        send="Enviar",
        thanks="Gracias",
        taken="Recibimos su respuesta. Si le conocemos por este nombre y número, un mensaje a ese "
        "número confirma lo que aceptó; el mismo mensaje llega como máximo una vez al día. Si en "
        "una hora no ha llegado ninguno, llámenos.",
        stop_any_time="Puede responder STOP a cualquier mensaje en cualquier momento. Si antes "
        "pidió no recibir mensajes en este número, envíenos START desde él y después envíe otra "
        "vez este formulario.",
        not_sent="No se envió",
        call="¿Preguntas? Llame al {phone}.",
        error="Error",
        problems={
            FormProblem.CHANGED: "Nuestro texto cambió desde que abrió esta página. Léalo otra vez "
            "y marque lo que acepta.",
            FormProblem.NO_NAME: "Escriba su nombre: vale como su firma.",
            FormProblem.NO_NUMBER: "No podemos enviar mensajes a ese número. Revíselo, con el "
            "código de área.",
            FormProblem.NOTHING_TICKED: "Marque al menos una casilla, o cierre esta página: no "
            "tiene que aceptar nada.",
            FormProblem.STALE: "Esta página estuvo abierta demasiado tiempo, o falta su cookie. "
            "Llénela otra vez.",
            FormProblem.UNKNOWN: "No le encontramos con ese nombre y número. Llámenos.",
            FormProblem.UNREADABLE: "No pudimos leer lo que envió su navegador. Llene el "
            "formulario otra vez.",
        },
    ),
    "fr": Words(
        box=(
            (
                "J'accepte que {name} m'envoie des SMS automatisés concernant {about} au numéro de "
                "mobile que j'ai indiqué sur ce formulaire. Rien ne m'y oblige : ce n'est pas une "
                "condition pour recevoir des soins. {often} Des frais de messages et de données "
                "peuvent s'appliquer. Répondez STOP pour ne plus recevoir de SMS, HELP pour de "
                "l'aide."
            ),
            (
                "J'accepte que {name} m'envoie des SMS publicitaires automatisés concernant "
                "{about} au numéro de mobile que j'ai indiqué sur ce formulaire. Rien ne m'y "
                "oblige : ce n'est une condition ni pour acheter, ni pour recevoir des soins. "
                "{often} Des frais de messages et de données peuvent s'appliquer. Répondez STOP "
                "pour ne plus recevoir de SMS, HELP pour de l'aide."
            ),
        ),
        script=(
            (
                "Acceptez-vous que {name} vous envoie des SMS automatisés concernant {about} à ce "
                "numéro de mobile ? Rien ne vous y oblige : ce n'est pas une condition pour "
                "recevoir des soins. {often} Des frais de messages et de données peuvent "
                "s'appliquer. À tout moment, répondez STOP pour ne plus recevoir de SMS, HELP pour "
                "de l'aide."
            ),
            (
                "Acceptez-vous que {name} vous envoie des SMS publicitaires automatisés concernant "
                "{about} à ce numéro de mobile ? Rien ne vous y oblige : ce n'est une condition ni "
                "pour acheter, ni pour recevoir des soins. {often} Des frais de messages et de "
                "données peuvent s'appliquer. À tout moment, répondez STOP pour ne plus recevoir "
                "de SMS, HELP pour de l'aide."
            ),
        ),
        question=(
            (
                "{name} : pouvons-nous vous envoyer des SMS automatisés concernant {about} à ce "
                "numéro ? Répondez OUI pour donner votre accord. Vos soins n'en dépendent pas."
            ),
            (
                "{name} : répondez OUI pour donner votre accord à nos SMS publicitaires "
                "automatisés concernant {about} à ce numéro. Ni achat ni soins n'en dépendent."
            ),
        ),
        ends="Des frais de messages et de données peuvent s'appliquer. Répondez STOP pour ne plus "
        "recevoir de SMS, HELP pour de l'aide.",
        welcome="{name} : vous recevrez des SMS concernant {about}. {often} Des frais de messages "
        "et de données peuvent s'appliquer. Répondez HELP pour de l'aide, STOP pour ne plus "
        "recevoir de SMS.",
        with_details=", avec des détails de santé, à votre demande",
        varies="La fréquence des messages varie.",
        often="Jusqu'à 4 SMS par mois.",
        up_to={
            Period.WEEK: "Jusqu'à {count} SMS par semaine.",
            Period.MONTH: "Jusqu'à {count} SMS par mois.",
        },
        legal="Conditions : {terms} Confidentialité : {privacy}",
        legal_by_text="Conditions : {terms} Confidentialité : {privacy}",
        details=Wording(
            text="Je veux aussi des détails de santé dans les SMS, comme le nom d'un médicament ou "
            "d'un examen. Je comprends que les SMS ne sont pas chiffrés : d'autres peuvent les "
            "lire en chemin ou sur mon téléphone. Je peux changer d'avis à tout moment.",
            version=_DETAILS,
        ),
        title="SMS de {name}",
        asks="{name} vous demande si vous voulez recevoir des SMS. Vous choisissez lesquels, et "
        "rien ne vous oblige à en accepter.",
        your_name="Votre nom",
        your_number="Votre numéro de mobile",
        agree="Les SMS que j'accepte",
        about_details="Détails de santé dans les SMS",
        start="Si vous aviez arrêté les SMS à ce numéro, envoyez-nous d'abord START depuis "
        "celui-ci, puis ce formulaire.",
        send="Envoyer",
        thanks="Merci",
        taken="Nous avons bien votre réponse. Si nous vous connaissons sous ce nom et ce numéro, "
        "un SMS confirme ce que vous avez accepté ; le même SMS arrive une fois par jour au plus. "
        "Si aucun n'est arrivé d'ici une heure, appelez-nous.",
        stop_any_time="Vous pouvez répondre STOP à tout SMS, à tout moment. Si vous aviez arrêté "
        "les SMS à ce numéro, envoyez-nous START depuis celui-ci, puis renvoyez ce formulaire.",
        not_sent="Rien n'a été envoyé",
        call="Des questions ? Appelez le {phone}.",
        error="Erreur",
        problems={
            FormProblem.CHANGED: "Notre texte a changé depuis que vous avez ouvert cette page. "
            "Relisez-le et cochez ce que vous acceptez.",
            FormProblem.NO_NAME: "Écrivez votre nom : il vaut signature.",
            FormProblem.NO_NUMBER: "Nous ne pouvons pas envoyer de SMS à ce numéro. Vérifiez-le, "
            "avec son indicatif.",
            FormProblem.NOTHING_TICKED: "Cochez au moins une case, ou fermez cette page : rien ne "
            "vous oblige à accepter.",
            FormProblem.STALE: "Cette page est restée ouverte trop longtemps, ou son cookie "
            "manque. Remplissez-la à nouveau.",
            FormProblem.UNKNOWN: "Nous ne vous trouvons pas sous ce nom et ce numéro. "
            "Appelez-nous.",
            FormProblem.UNREADABLE: "Nous n'avons pas pu lire ce que votre navigateur a envoyé. "
            "Remplissez à nouveau le formulaire.",
        },
    ),
}
LANGUAGES = tuple(_WORDS)
"""In which permission can be asked for, English first."""


def words_in(language: str) -> Words:
    """The words of one of :data:`LANGUAGES`."""
    return _WORDS[language]
