"""The main entry points, blocking and async, and the desks that they are made of.

Both run the same flows; only signatures differ. One rule keeps this room: no method decides
anything. It builds what it hands over, and calls one flow.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.ports import StoreKind

if TYPE_CHECKING:
    from compliant_sms.messenger._call_desk import AsyncCallDesk, CallDesk
    from compliant_sms.messenger._consent_desk import AsyncConsentDesk, ConsentDesk
    from compliant_sms.messenger._hold_desk import AsyncHoldDesk, HoldDesk
    from compliant_sms.messenger._inbox_desk import AsyncInboxDesk, InboxDesk
    from compliant_sms.messenger._joined import AsyncJoinedMessenger, JoinedMessenger
    from compliant_sms.messenger._messenger import AsyncMessenger, Messenger
    from compliant_sms.messenger._observing import AsyncObserving, Observing
    from compliant_sms.messenger._permission_desk import AsyncPermissionDesk, PermissionDesk
    from compliant_sms.messenger._record_keeping import AsyncRecordKeeping, RecordKeeping
    from compliant_sms.messenger._reminder_desk import AsyncReminderDesk, ReminderDesk
    from compliant_sms.messenger._secure_desk import AsyncSecureDesk, SecureDesk
    from compliant_sms.messenger._template_desk import AsyncTemplateDesk, TemplateDesk
    from compliant_sms.messenger._text_desk import AsyncTextDesk, TextDesk
    from compliant_sms.messenger._upkeep import AsyncUpkeep, Upkeep
    from compliant_sms.messenger._volume_control import AsyncVolumeControl, VolumeControl

__all__ = [
    "AsyncCallDesk",
    "AsyncConsentDesk",
    "AsyncHoldDesk",
    "AsyncInboxDesk",
    "AsyncJoinedMessenger",
    "AsyncMessenger",
    "AsyncObserving",
    "AsyncPermissionDesk",
    "AsyncRecordKeeping",
    "AsyncReminderDesk",
    "AsyncSecureDesk",
    "AsyncTemplateDesk",
    "AsyncTextDesk",
    "AsyncUpkeep",
    "AsyncVolumeControl",
    "CallDesk",
    "ConsentDesk",
    "HoldDesk",
    "InboxDesk",
    "JoinedMessenger",
    "Messenger",
    "Observing",
    "PermissionDesk",
    "RecordKeeping",
    "ReminderDesk",
    "SecureDesk",
    "StoreKind",
    "TemplateDesk",
    "TextDesk",
    "Upkeep",
    "VolumeControl",
]

_FILES = {
    "_call_desk": ("AsyncCallDesk", "CallDesk"),
    "_consent_desk": ("AsyncConsentDesk", "ConsentDesk"),
    "_hold_desk": ("AsyncHoldDesk", "HoldDesk"),
    "_inbox_desk": ("AsyncInboxDesk", "InboxDesk"),
    "_joined": ("AsyncJoinedMessenger", "JoinedMessenger"),
    "_messenger": ("AsyncMessenger", "Messenger"),
    "_observing": ("AsyncObserving", "Observing"),
    "_permission_desk": ("AsyncPermissionDesk", "PermissionDesk"),
    "_record_keeping": ("AsyncRecordKeeping", "RecordKeeping"),
    "_reminder_desk": ("AsyncReminderDesk", "ReminderDesk"),
    "_secure_desk": ("AsyncSecureDesk", "SecureDesk"),
    "_template_desk": ("AsyncTemplateDesk", "TemplateDesk"),
    "_text_desk": ("AsyncTextDesk", "TextDesk"),
    "_upkeep": ("AsyncUpkeep", "Upkeep"),
    "_volume_control": ("AsyncVolumeControl", "VolumeControl"),
}
# PEP 562: importing one of them does not load all of them.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
