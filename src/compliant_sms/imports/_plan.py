"""The settings of an import."""

from __future__ import annotations

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.consent._fields import a_text, storable
from compliant_sms.consent._words import checked_categories
from compliant_sms.errors import InvalidInput
from compliant_sms.practice import Practice, known_zone


def _some(_: object, __: Attribute[int], value: int) -> None:
    _given.a_kind(value, int, "batch", "a whole number of rows")
    if value < 1:
        msg = "batch is less than one row; pass 1 or more"
        raise InvalidInput(msg)


def _stripped(text: str) -> str:
    _given.a_text(text, "no_opt_outs_because")
    return text.strip()


@frozen(kw_only=True)
class ImportPlan:
    """The settings of an import, which apply to all its rows.

    Args:
        practice_id: the practice that gets the records.
        names: the names by which patients know the practice. A written agreement must have one.
        own_categories: the categories that the practice declares besides the library's.
        time_zone: the practice's time zone, an IANA name. Dates without a time are days there.
        source: the system that the records come from, for example ``"old-ehr"``. Use the same
            source for the same records each time, because it identifies them.
        by: who imports them, for example ``"it:j.ortiz"``.
        no_opt_outs_because: why there are no opt-outs to import, if there really are none.
        write: whether to write what can be used; False only checks.
        batch: how many rows to write at once. Each batch is written as a whole or not at all.

    Raises:
        InvalidInput: something is blank or unknown.
    """

    practice_id: str = field(validator=a_text, repr=repr_of_practice)
    names: tuple[str, ...] = ()
    own_categories: tuple[str, ...] = field(default=(), converter=checked_categories)
    time_zone: str = field(converter=known_zone)
    source: str = field(validator=a_text)
    by: str = field(validator=a_text)
    no_opt_outs_because: str = field(default="", converter=_stripped, validator=storable)
    write: bool = field(default=True, validator=_given.flag)
    batch: int = field(default=1000, validator=_some)

    @classmethod
    def of(
        cls,
        practice: Practice,
        *,
        source: str,
        by: str,
        no_opt_outs_because: str = "",
        dry_run: bool = False,
        batch: int = 1000,
    ) -> ImportPlan:
        """Make the plan of an import for a practice. With ``dry_run`` it only checks."""
        _given.yes_or_no(dry_run, "dry_run")
        return cls(
            practice_id=practice.id,
            names=(practice.name, *practice.also_known_as),
            own_categories=practice.own_categories,
            time_zone=practice.time_zone,
            source=source,
            by=by,
            no_opt_outs_because=no_opt_outs_because,
            write=not dry_run,
            batch=batch,
        )
