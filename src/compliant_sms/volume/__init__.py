"""How much a practice texts: plans for each day, estimates of batches, and pauses.

It is arithmetic over the days of the practice's own calendar. A plan under which a text could never
go is refused.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.volume._scope import ALL, MARKETING, scope_of

if TYPE_CHECKING:
    from compliant_sms.volume._days import DayPlan, Days, Place, day_of, first_place, first_place_on
    from compliant_sms.volume._estimate import DayEstimate, Estimate
    from compliant_sms.volume._no_place import NO_PLACE
    from compliant_sms.volume._pause import UNTIL_RESUMED, Pause, pause_finding
    from compliant_sms.volume._plan import Ramp, VolumePlan

__all__ = [
    "ALL",
    "MARKETING",
    "NO_PLACE",
    "UNTIL_RESUMED",
    "DayEstimate",
    "DayPlan",
    "Days",
    "Estimate",
    "Pause",
    "Place",
    "Ramp",
    "VolumePlan",
    "day_of",
    "first_place",
    "first_place_on",
    "pause_finding",
    "scope_of",
]

_FILES = {
    "_days": ("DayPlan", "Days", "Place", "day_of", "first_place", "first_place_on"),
    "_estimate": ("DayEstimate", "Estimate"),
    "_no_place": ("NO_PLACE",),
    "_pause": ("UNTIL_RESUMED", "Pause", "pause_finding"),
    "_plan": ("Ramp", "VolumePlan"),
}
# PEP 562: the arithmetic loads when there is a plan or a pause.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
