"""What a text is for, and which legal class that puts it in. Pure."""

from compliant_sms.classification._purposes import MessageClass, Purpose

__all__ = ["MessageClass", "Purpose"]
