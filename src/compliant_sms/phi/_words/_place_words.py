"""The words around places, and what they are called; their marks. No finding by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from compliant_sms._lazy import packaged
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._date_words import word_set

_FILE = "towns.txt"

STATES = word_set(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY"
    " NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR VI GU AA AE AP"
)
"""Postal abbreviations of states and territories, and of the armed forces abroad."""
STATE_NAMES = word_set(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia"
    " hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts"
    " michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon"
    " pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming"
)
SMALL_STATES = word_set(
    "tx ca nv nm nc nj ny wy ut ga fl il mn wi wa tn ky ks az ak ia mt nd nh ne ri sc sd vt wv"
)
"""Abbreviations of states that are no words in small letters."""
SURE_STREETS = word_set(
    "street st avenue ave road rd lane ln blvd boulevard parkway pkwy highway hwy terrace terr cir"
    " circle trail trl turnpike expy expressway alley av strt"
)
"""What is hardly anything else than a street."""
STREETS = SURE_STREETS | word_set(
    "drive dr court ct place pl way loop square sq row run pike path alley crescent close gardens"
    " mews plaza pass point pt crossing xing ridge cove hollow bend ter walk broadway view hill"
    " landing vista glen heights trace park green bypass commons pk acres estates village mhp"
    " villas manor aly causeway pike fork spur concourse freeway fwy promenade quay esplanade"
)
"""What streets are called, other things too."""
ORDINAL_ENDS = word_set("st nd rd th")
ROADS = word_set("hwy highway route rte cr fm sr road carretera carr rd county")
"""What stands before the number of a road."""
CALLES = word_set(
    "calle avenida avda av camino carretera paseo calzada callejon boulevard via privada cerrada"
    " andador rue via rua"
)
BOXES = word_set("box delivery apartado pob buzon")
DISTRICTS = word_set(
    "urb urbanizacion barrio condominio residencial villa colonia col fracc fraccionamiento"
    " parcelas"
)
SURE_DISTRICTS = DISTRICTS - word_set("residencial villa col")
"""What stands before the name of a part of a town, in Puerto Rico and Mexico."""
ADDRESS = word_set("address addr direccion domicilio")
CORNERS = word_set("corner intersection esquina")
COUNTIES = word_set("county parish condado borough township")
LONG_DWELLINGS = word_set(
    "manor shelter apartments apts motel inn hotel lodge estates villas residences suites towers"
    " residence haven mhp villa chateau acres cottages townhouses dormitory"
)
"""A house that somebody lives or stays in, and hardly anything else."""
HOTELS = word_set(
    "marriott hilton hyatt sheraton ramada wyndham radisson westin quinta western doubletree"
    " fairfield airbnb express"
)
"""Hotels by their firms, or the end of its name: "La Quinta", "Best Western"."""
DWELLINGS = (
    LONG_DWELLINGS
    | HOTELS
    | word_set(
        "village house terrace gardens heights court park center homes home hall place ranch"
        " commons pointe meadows oaks springs woods lofts condos condominiums townhomes rv"
        " super landing living mission tower care nursing dorm barracks campground reservation"
    )
)
_WHERE = word_set(
    "in on near nearer outside from to at en desde of through around de a off by for towards toward"
    " via por hacia cerca inside past taga"
)
_LIVES = word_set(
    "live lives living lived moved moving move relocated relocating staying stay stays transport"
    " transportation ride driving drive drove flying fly coming come came commute commuting"
    " traveling travelling visiting back reside resides resident based hometown pickup vivo vive"
    " viven vivimos viviendo mude mudamos mudo mudando quedo viajo vengo trip bus train flight flew"
    " originally grew raised settled settling headed driver lost parked waiting stop estoy soy born"
    " i'm im we're r home house trailer apartment apt"
    " sleep sleeping dorm barracks"
    " going leave leaving leaves left heading evacuated evac transferred transferring stationed"
    " deployed stuck vacation vacationing camping travel road wedding funeral college hrs hr hours"
    " hour miles mi min mins minutes addy stranded jail prison shelter snowbird winter winters"
    " delivery delivered shipped shipping"
    " summer cambiamos cambio cambie viaje viajamos voy vamos somos rete abito abita"
    " taga"
)
MOVES = word_set(
    "come coming came move moved moving relocated relocating bus train flight drive driving"
    " driver parked stop back visiting trip fly going leave leaving leaves left heading travel road"
    " hrs hr hours hour miles mi min mins minutes wedding funeral winter summer vacation college"
    " camping r voy vamos viaje jail prison shelter cambio"
)
"""Speaks of a way, which anybody may go."""
THEIRS = word_set(
    "mailed shipped ships sent delivered delivery deliver delivers arrives arrive mail ship dropped"
    " mandar enviar entregar llevar llevamos entregamos recoger entrega entregas pasa llega"
    " go goes taking confirm yours patient nurse courier driver tech nos van cab taxi outside"
)
"""Speaks of a place that is somebody's."""
OURS = word_set(
    "located office offices clinic clinics location locations our branch campus estamos clinica"
    " oficina nuestra nuestro suite opening tours booking voted"
)
"""Speaks of a place that is the practice's."""
FIRMS_NEAR = word_set(
    "hospital pharmacy drug drugs lab center imaging dental medical health school church gym"
    " library hall site sites sees dentist farmacia forms pick"
    " parking entrance enter directions"
)
"""Speaks of a place where a practice's reader may go to."""
PAID = word_set("check checks payment payments")
"""What is mailed to a practice, or by it."""
FIRMS = word_set(
    "clinic hospital pharmacy dental medical health family center centre imaging lab labs office"
    " drug drugs church library school county urgent pediatrics associates group hall college"
    " university eye care jail court fair department dept services public sheriff resources"
)
"""Behind a place's name: something else is called so."""


_FIRST_AND_ALL = word_set("the hi may can be back")
"""So common that no town is looked for which begins with one of them."""


class Towns(NamedTuple):
    """The list of towns.

    Attributes:
        names: all of them.
        ordinary: those that are ordinary words too.
        first: the first words of those of several.
    """

    names: frozenset[str]
    ordinary: frozenset[str]
    first: frozenset[str]


@cache
def towns() -> Towns:
    """The packaged towns; source and licence stand in the head of ``data/towns.txt``."""
    text = packaged("compliant_sms.phi", "data", _FILE)
    lines = [line for line in text.splitlines() if line[:1] != "#"]
    ordinary = frozenset([line[:-1] for line in lines if line[-1:] == "*"])
    first = frozenset([line[: line.index(" ")] for line in lines if " " in line])
    return Towns(ordinary.union(lines), ordinary, first)


def place_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words the marks of places stand for; towns begin with none that a list has."""
    yield marks.STREET, STREETS | ORDINAL_ENDS
    yield marks.ADDRESS_CUE, BOXES | CALLES | ROADS | DISTRICTS | ADDRESS | CORNERS | COUNTIES
    yield marks.STATE, STATE_NAMES
    yield marks.DWELLING, DWELLINGS
    yield marks.LIVES, _LIVES
    yield marks.WHERE, _WHERE
    known = towns()
    yield marks.TOWN, [name for name in known.names if " " not in name]
    yield marks.TOWN, (known.first - _FIRST_AND_ALL) | {"st", "ft", "mt"}
