"""Asking by text: what a yes covers, and what confirms it."""

from __future__ import annotations

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import Category, OptInOffer
from compliant_sms.permission._permission import Permission
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import welcome
from compliant_sms.practice import Practice
from compliant_sms.templates import sender_name

PERMISSION_REQUEST = Purpose("permission_request", MessageClass.TRANSACTIONAL, Category.CARE)
"""A text that asks for permission. It needs prior express consent itself: 47 CFR 64.1200(a)(1)."""


def offer_of(permission: Permission, programme: Programme, *, keyword: str = "") -> OptInOffer:
    """What a yes to a programme's question covers.

    Args:
        permission: the practice's.
        programme: which.
        keyword: by which the patient asked for it; empty, if we ask by ourselves.
    """
    return OptInOffer(
        categories=programme.categories,
        tier=programme.tier,
        version=programme.version,
        within=permission.answer_within,
        keyword=keyword,
    )


def welcome_to(
    permission: Permission | None, version: str, practice: Practice, language: str
) -> str:
    """What confirms a yes to words of that version, also where the programme is gone by now.

    Args:
        permission: the practice's.
        version: of the words.
        practice: who asked.
        language: in which the yes came, ISO 639-1.
    """
    programme = permission.find(version.partition("/")[0]) if permission else None
    if programme is not None:
        return welcome([programme], practice, language)
    return (
        f"{sender_name(practice)}: you will get the texts that you agreed to. Message frequency "
        "varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out."
    )
