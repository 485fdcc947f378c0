"""What notices say, as patterns over folded text: small letters, no accents, plain apostrophes.

They are looked for in the sentences that hold one of the words in ``_hints.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

# Said so often that they are looked for before anything else.
SURE: Mapping[str, tuple[str, ...]] = {
    "opt_out": ("stop to opt out", "stop to end", "stop to cancel", "stop to unsub"),
    "help": ("help for help", "help for info"),
    "fees": ("data rates may apply",),
}

# Up to the end of a sentence; a full stop inside a link or a number ends none.
_WITHIN = r"(?:[^.!?\n]|[.!?](?=\w))"
_TEXTS = (
    r"(?:texts?|txts?|text\s?messages?|messages?|messaging|msgs?|sms|alerts?|reminders?"
    r"|notifications?|updates|communications?|mensajes?(?:\s+de\s+texto)?|msjs?|textos?"
    r"|recordatorios?|alertas?|avisos)"
)
_ASKED = (
    r"\b(?<!not )(?<!n't )(?<!never )(?<!cannot )(?<!no )"
    r"(?:reply|respond|text|txt|send|sms|type|answer|message|msg"
    r"|respond[ae]|conteste?|contesta|envi[ae]|escrib[ae]|mand[ae]|textee?|repondez|envoyez)\b"
)
_FILL = (
    r"(?:[\s:,(\[\"'*]+(?:us|back|with|the|word|keyword|only|just|a|an|text|message|code|to|at"
    r"|this|any|time|anytime|number|con|la|palabra|un|una|el|mensaje|texto|de|vuelta|que|diga"
    r"|saying|say|\d{5,6})){0,5}[\s:,(\[\"'*=-]+"
)
# What may stand after a reserved word that is meant as one, unlike in "stop by" or "stop taking".
_AS_WORD = (
    r"(?!\w)(?=[\s\"'*)\]]*(?:$|[.,;:!|/=\n<>&+-]|2(?!\w)"
    r"|(?:to|for|now|or|and|if|anytime|at\s+any\s?time|any\s+time|when(?:ever)?|para|pa|pour|o|y|ou"
    r"|en|si|a)"
    r"(?!\w)))"
)
_MANY = (
    r"(?:texts|texting|txts|text\s?messages|messages|messaging|msgs|sms|alerts|reminders"
    r"|notifications|updates|communications|mensajes|msjs|textos|recordatorios|alertas|avisos)"
)
_LEAVE = (
    r"(?:opt(?:ing)?[\s-]?out|unsub(?:scribe)?"
    r"|be\s+(?:removed|taken\s+off)\s+(?:from\s+)?(?:this|our|the)\s+(?:text|sms|mess|mail|list|prog)\w*"
    rf"|(?:stop|end|quit|cancel|discontinue|turn\s+off|no\s+longer|not)\s+"
    rf"(?:(?:receiv\w+|gett?\w*|to|all|any|these|those|our|your|the|this|such|future|further|more"
    rf"|from|us|sms|text|appointment|care|automated|marketing)\s+){{0,6}}{_MANY}"
    r"|leave\s+(?:the|this|our)\s+(?:list|program))\b"
    rf"(?!\s+of\s+(?!(?:\w+\W+){{0,5}}{_MANY}|(?:this|the|our)\s+(?:list|program)))"
)
_SALIR = (
    rf"(?:(?:no|dejar\s+de)\s+recibir(?:l[oa]s\b|\s+mas\b|\s+(?:\w+\s+){{0,3}}?{_MANY})"
    rf"|(?:cancelar|parar|detener|terminar)"
    rf"\s+(?:(?:los|las|estos|estas|la|sus|nuestros|todos|de)\s+){{0,4}}(?:{_MANY}|suscripcion)"
    rf"|dar(?:se|te|me)?\s+de\s+baja|anular\s+(?:la|su)\s+suscripcion)"
)
_REQUEST = (
    rf"(?:\b(?:to|or|can|may|and)\s+{_LEAVE}|\bpara\s+{_SALIR}|\bdarse\s+de\s+baja\b"
    rf"|\bno\s+longer\s+(?:wish|want)\s+(?:to\s+(?:receive|get)\s+)?(?:\w+\s+){{0,4}}?{_MANY}"
    rf"|\bsi\s+(?:ya\s+)?no\s+(?:desea|quiere)s?\s+(?:recibir\s+)?(?:\w+\s+){{0,3}}?{_MANY}"
    rf"|\b(?:opt[\s-]?out|unsubscribe)\s*(?:[:=]|at\b|by\b|here\b|link\b|any\s?time\b|via\b"
    rf"|online\b|https?:))"
)
_ENDS = (
    r"(?:to|2|4|=|for|->?|:|para|p/|pa|pour)\s*(?:opt|end|stop|quit|cancel|unsub|leave|remove"
    r"|be\s+rem|discontinue|no\s+(?:more|longer|mas|recibir)|dejar|salir|parar|termina|finaliza"
    r"|dar(?:se|te)|ne\s+plus\s+(?:en\s+)?recevoir|arreter|cesser|vous\s+desabonner)"
)
_ELSEWHERE = (
    r"\b(?:call(?:ing)?|phone|dial|visit(?:ing)?|go(?:ing)?\s+to|e-?mail(?:ing)?|writ(?:e|ing)\s+to"
    r"|click(?:ing)?|tap(?:ping)?|log(?:ging)?\s+in|online|https?:|www\.|portal|front\s+desk"
    r"|contact(?:ing)?|tell\s+(?:us|our|the)|llam(?:e|ar|enos|ando)|visit[ae]r?|entre\s+en|correo)"
)
_REPLYING = (
    r"(?<![\w/.-])(?:reply|respond|text|txt|send|stop|respond[ae]|envi[ae]|alto|pare|baja)\b"
)
_OTHERWISE = (
    r"\b(?:to\s+(?!opt|stop|unsub|end\b|be\s|leave)|for|with|about|para\s+(?!no\b|dar|dejar))"
)

_OPT_OUT = (
    rf"{_ASKED}{_FILL}(?:stop(?:\s?all)?|unsub(?:scribe)?|opt[\s-]?out|alto|pare|parar|baja)"
    rf"{_AS_WORD}(?!\s+(?:to|for|and|or|if|when|now)\s+(?:by|taking|using|at|the|your|it)\b)"
    rf"|\b(?<!bus )stop(?:all)?[\s\"'*)\],]*{_ENDS}"
    rf"|\b(?:alto|pare|baja|parar)[\s\"'*)\],]*{_ENDS}"
    rf"|{_REQUEST}"
)
_OTHER_OPT_OUT = (
    rf"{_ELSEWHERE}(?:(?!{_REPLYING}|{_OTHERWISE}){_WITHIN}){{0,90}}?{_REQUEST}"
    rf"|{_REQUEST}{_WITHIN}{{0,60}}?{_ELSEWHERE}(?!{_WITHIN}{{0,60}}?{_OTHERWISE})"
    rf"|\b(?:opt[\s-]?out|unsubscribe)\s*(?:[:=]|at|here|online|via)?\s*:?\s*"
    rf"(?:https?:|www\.|\w[\w.-]*\.\w+/|\(?\+?\d[\d\s().-]{{8,}})"
)

_HELP = (
    rf"{_ASKED}{_FILL}(?:help|info|ayuda|aide){_AS_WORD}"
    r"|\bhelp\s*(?:for|4|=|->?|:|para|pour)\s*(?:help|info|more|assist|support|ayuda"
    r"|(?:de\s+l'|l')?aide|obtenir)"
    r"|,\s*help\s+(?:for|4)\s"
    r"|\bayuda\s*(?:para|por|=|:)\s*(?:ayuda|info|mas|asistencia|obtener|recibir)"
    r"|\b(?:for|need|w/|with|para|preguntas|dudas|ayuda|help|questions?)\b(?:\s+(?:more|any|help"
    r"|assistance|support|information|info|questions?|customer\s+(?:care|service)|ayuda"
    r"|asistencia|preguntas|mas|con|with|or|o)){0,5}[\s,:?!-]+(?:please\s+|favor\s+de\s+)?"
    r"(?:call|text|reply|e-?mail|contact|visit|go\s+to|dial|llame|llama|llamenos|llamar|escriba"
    r"|visite|contacte|at|al)\b(?!\s+(?:911|988|112)\b)"
    r"|\b(?:customer\s+(?:care|service|support)|support|helpline|help\s+(?:line|desk)|helpdesk|help"
    r"|atencion\s+al\s+(?:cliente|paciente)|ayuda)\s*(?:team|desk|line)?\s*(?:at|is|al)?\s*[:#-]?\s*"
    r"(?:\(?\+?\d[\d\s().-]{8,}|https?:|www\.|[\w.+-]{1,64}@)"
    r"|\b(?:call|text|e-?mail|contact|visit|llame|llama|escriba)\b(?!\s+(?:911|988|112)\b)"
    rf"{_WITHIN}{{0,50}}?\b(?:for|with|if\s+you\s+(?:need|have)|para|si\s+necesita|si\s+tiene)\s+"
    r"(?:any\s+|more\s+|obtener\s+)?(?:help|questions?|assistance|support|info|information|ayuda"
    r"|preguntas|asistencia)\b"
)

_COSTING = r"(?:msgs?|messag(?:es?|ing)|txts?|text(?:s|ing)?|sms|data|carrier|wireless|operator)"
_FEES = (
    rf"\b{_COSTING}(?:\s*(?:(?:&(?:amp;)?|and|\+|/|or|n)\s*)?{_COSTING}){{0,3}}\W{{1,3}}"
    r"(?:(?:plan|usage|standard|std)\s+)?(?:rates?|charges?|fees?|costs?)\b"
    r"(?:\W+(?:and|or|&)\W+\w+)?\s+(?:(?:may|might|can|will|could|do)\s+)?(?:also\s+|still\s+)?"
    r"(?:appl(?:y|ies)|be\s+(?:charged|incurred|applied)|incur)"
    rf"|\b(?:standard|std|normal|usual|regular)\s+(?:(?:{_COSTING}|&|and)\s*){{0,6}}rates?\b"
    rf"|\b(?:rates|charges|fees)\s+for\s+{_COSTING}"
    r"|\b(?:tarifas?|cargos?)\b(?:\s+(?:de|por|del|estandar|su|operador|para|adicionales)){0,6}\s+"
    r"(?:mensajes?|msjs?|msgs?|datos|sms|textos?|operador)\b"
    r"|\b(?:mensajes?|msjs?|msgs?|datos|sms)\b[\s:,(&y/-]*(?:(?:se|pueden?|podrian?|datos|de|texto)"
    r"\s+){0,6}(?:aplic\w+\s+)?(?:las\s+)?(?:tarifas|cargos)\b"
    r"|\bfrais\s+(?:standards?\s+)?(?:de\s+|d')(?:messag\w+|sms|donnees|envoi)\b"
)

_EACH = (
    r"(?:/|(?:per|an?|each|every|p/|x|por|par|al?|a\s+la|cada|de\s+cada|chaque)\s)\s*"
    r"(?:days?|d|wks?|weeks?|mos?|mths?|months?|yrs?|years?|visits?|appointments?|appts?|order"
    r"|refill|request|dia|semana|sem|mes|ano|cita|visita|solicitud|jour|semaine|mois|an"
    r"|visite|rendez-vous)\b"
)
_COUNT = (
    r"(?:\d+(?:\s?(?:-|to|a|o|or)\s?\d+)?|one|two|three|four|five|six|a\s+few|several|un|uno|una"
    r"|dos|tres|cuatro|cinco|seis|varios|deux|trois|quatre|cinq)"
)
_FREQUENCY = (
    r"\bfreq(?:uency|\.)?\s+(?:(?:may|will|can)\s+)?(?:var|depend)"
    rf"|\b{_TEXTS}\s+(?:freq(?:uency)?|per\s+\w+)\W+(?:(?:may|will|can|is|of)\s+)?(?:var|depend|\w)"
    rf"|\b(?:number|amount|volume)\s+of\s+{_TEXTS}\s+(?:(?:may|will|can)\s+)?(?:var|depend)"
    rf"|\b{_TEXTS}\s+(?:(?:may|will|can)\s+)?(?:vary|varies|recur|are\s+recurring)\b"
    rf"|\b(?:recurring|recurrent|ongoing)\W+(?:[\w-]+\W+){{0,3}}?{_TEXTS}\b"
    rf"|\b(?:daily|weekly|monthly|biweekly)\s+(?:[\w-]+\s+)?{_TEXTS}\b"
    rf"|\b{_COUNT}\s?(?:[\w-]+\s+){{0,3}}?{_TEXTS}\s*{_EACH}"
    rf"|\b(?:text|message|msg)\s+you\W+(?:\w+\W+){{0,2}}?(?:{_COUNT}\s+times?|once|twice)\s+{_EACH}"
    r"|\bfrecuencia\b(?:\s+(?:de|del|los|mensajes?|msjs?|textos?)){0,6}\s+(?:\w+\s+)?(?:vari|depend)"
    rf"|\b{_TEXTS}\s+(?:automat\w+\s+)?(?:recurrentes?|periodicos?|diarios?|semanales|mensuales"
    r"|quotidiens?|hebdomadaires?|mensuels?)\b"
    rf"|\bchaque\s+(?:jour|semaine|mois|visite|rendez-vous)\W+(?:\w+\W+)?{_COUNT}\s+{_TEXTS}\b"
    r"|\bfrequence\b(?:\s+(?:de|des|du|messages?|sms)){0,4}\s+(?:\w+\s+)?(?:vari|depend)"
    r"|\b(?:leur\s+nombre|nombre\s+(?:de|des)\s+(?:messages?|sms))\s+(?:\w+\s+)?(?:vari|depend)"
)

_NO_REPLY = (
    r"\b(?<!you )(?<!who )(?<!to )(?<!we )(?<!they )(?:do\s+not|don'?t|dont)\s+(?:reply|respond)\b"
    r"(?!\W+(?:with|stop|yes|if|unless|until|by)\b)"
    r"|\bno-?\s?reply\b|\breplies\s+(?:(?!\b(?:if|only)\b)[^.!?\n]){0,50}?"
    r"(?:not|n't|never|un)\s*(?:be\s+)?"
    r"(?:monitored|read|received|seen|accepted|reviewed|delivered|supported|answered)"
    r"|(?:\bnot|n't|\bun-?)\s*(?:be\s+)?(?:\w+ly\s+)?monitored\b"
    r"|\b(?:can(?:not|'t|\s+not)|does(?:\s+not|n't)|do(?:\s+not|n't)|unable\s+to|won't|will\s+not)"
    r"\s+(?:receive|accept|take|see|read|get|monitor|support)\s+(?:\w+\s+){0,2}?"
    r"(?:repl(?:y|ies)|responses|return\s+texts|incoming)"
    r"|\b(?:two|2)-?\s?way\s+(?:text\w*|messag\w+|sms)\s+(?:is\s+)?(?:\w+\s+)?"
    r"(?:not|un(?:available|supported))"
    r"|\bno\s+(?:responda|conteste|respondas|contestes)\b(?!\W+(?:con|stop|si)\b)"
    r"|\bno\s+(?:se\s+)?(?:leen|leemos|monitorea\w*|revisa\w*|supervisa\w*|recib\w+|acepta\w*)\s+"
    r"(?:las\s+|sus\s+|los\s+)?respuestas"
    r"|\brespuestas\b[^.!?\n]{0,40}?\bno\s+(?:se\s+|son\s+|seran\s+)?"
    r"(?:le[ei]\w+|monitore\w+|revis\w+|recib\w+|supervis\w+)"
    r"|\bno\s+(?:esta\s+)?(?:monitoread|supervisad)[oa]"
)

# In capitals, a reserved word stands out as one wherever it stands in the sentence.
_SPELT = rf"(?i:{_ASKED}){_WITHIN}{{0,80}}?\b(?:%s){_AS_WORD}"

_SOURCES = {
    "opt_out": _OPT_OUT,
    "elsewhere": r"[^a-z](?:call|phone|dial|visit|go|e-?mail|writ|click|tap|log|online|http|www"
    r"|portal|front|contact|tell|llam|entre|correo|\d|\w[\w-]*+[./]\w)",
    "other_opt_out": _OTHER_OPT_OUT,
    "help": _HELP,
    "fees": _FEES,
    "frequency": _FREQUENCY,
    "no_reply": _NO_REPLY,
    "opt_out_spelt": _SPELT % "STOP(?:ALL)?|ALTO|PARE|BAJA",
    "help_spelt": _SPELT % "HELP|AYUDA",
}


@cache  # compiled at first use: together they take as long as importing a small library
def pattern(notice: str) -> re.Pattern[str]:
    """What says a notice, over one folded sentence; ``_spelt`` over one in its own letters."""
    return re.compile(_SOURCES[notice])
