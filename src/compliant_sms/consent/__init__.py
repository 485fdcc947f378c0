"""What patients agreed to and took back: events, their fold to a state, their hash chain. Pure.

Two rules hold here: an event is a fact that happened and never changes, and what is uncertain
counts against sending.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.consent._words import Basis, Category, Channel, Flag, Signature, Tier, Wording

if TYPE_CHECKING:
    from compliant_sms.consent._agreement import (
        AgreementDefect,
        SignatureKind,
        WrittenAgreement,
        defects,
        same_sender,
    )
    from compliant_sms.consent._chain import (
        ChainCheck,
        FiledLink,
        Link,
        beginning,
        link,
        verify_chain,
    )
    from compliant_sms.consent._encoding import (
        about_event,
        erased_event,
        from_payload,
        opened_payload,
        sealed_payload,
        to_payload,
    )
    from compliant_sms.consent._events import (
        Clarified,
        ConsentEvent,
        Granted,
        NumberFlagged,
        OptInAnswered,
        OptInAsked,
        PhiPreferenceStated,
        Restored,
        Revoked,
        Voided,
        filed_under,
    )
    from compliant_sms.consent._fold import fold, fold_for_holder
    from compliant_sms.consent._imported import Dated, Imported
    from compliant_sms.consent._offer import OptInOffer
    from compliant_sms.consent._preference import PhiPreference, phi_preference
    from compliant_sms.consent._state import (
        ConsentState,
        FlaggedNumber,
        LiveGrant,
        Reaches,
        Revocation,
    )

__all__ = [
    "AgreementDefect",
    "Basis",
    "Category",
    "ChainCheck",
    "Channel",
    "Clarified",
    "ConsentEvent",
    "ConsentState",
    "Dated",
    "FiledLink",
    "Flag",
    "FlaggedNumber",
    "Granted",
    "Imported",
    "Link",
    "LiveGrant",
    "NumberFlagged",
    "OptInAnswered",
    "OptInAsked",
    "OptInOffer",
    "PhiPreference",
    "PhiPreferenceStated",
    "Reaches",
    "Restored",
    "Revocation",
    "Revoked",
    "Signature",
    "SignatureKind",
    "Tier",
    "Voided",
    "Wording",
    "WrittenAgreement",
    "about_event",
    "beginning",
    "defects",
    "erased_event",
    "filed_under",
    "fold",
    "fold_for_holder",
    "from_payload",
    "link",
    "opened_payload",
    "phi_preference",
    "same_sender",
    "sealed_payload",
    "to_payload",
    "verify_chain",
]

_FILES = {
    "_agreement": (
        "AgreementDefect",
        "SignatureKind",
        "WrittenAgreement",
        "defects",
        "same_sender",
    ),
    "_chain": ("ChainCheck", "FiledLink", "Link", "beginning", "link", "verify_chain"),
    "_encoding": (
        "about_event",
        "erased_event",
        "from_payload",
        "opened_payload",
        "sealed_payload",
        "to_payload",
    ),
    "_events": (
        "Clarified",
        "ConsentEvent",
        "Granted",
        "NumberFlagged",
        "OptInAnswered",
        "OptInAsked",
        "PhiPreferenceStated",
        "Restored",
        "Revoked",
        "Voided",
        "filed_under",
    ),
    "_fold": ("fold", "fold_for_holder"),
    "_imported": ("Dated", "Imported"),
    "_offer": ("OptInOffer",),
    "_preference": ("PhiPreference", "phi_preference"),
    "_state": ("ConsentState", "FlaggedNumber", "LiveGrant", "Reaches", "Revocation"),
}
# PEP 562: what folds and links events is loaded when there are some.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
