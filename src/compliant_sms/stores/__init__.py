"""Durable memory: one SQL, several drivers.

Two rules keep this room: all SQL stands in one file and knows no driver; and no driver's error
leaves the room.
"""

from compliant_sms.stores.sqlite import SQLite

__all__ = ["SQLite"]
