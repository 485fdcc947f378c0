"""Secure pages: messages that tell too much for a text, shown to readers who prove who they are.

What a page may show follows from its state and an instant alone. Whatever a person wrote is escaped
where it is put into a page, and nowhere else.
"""

from compliant_sms.secure_pages._birth_date import birth_dates, is_birth_date
from compliant_sms.secure_pages._code import kept_code, matches_code, new_code
from compliant_sms.secure_pages._form import LARGEST_FORM, LONGEST_REPLY, Form, PageRequest
from compliant_sms.secure_pages._html import HEADERS, PageView, document, safe
from compliant_sms.secure_pages._page import (
    Accessed,
    Identity,
    Page,
    PageAccess,
    PageContent,
    Standing,
    guesses_of,
)
from compliant_sms.secure_pages._proof import Step, mark_of, nonce_of, prove, proven
from compliant_sms.secure_pages._settings import SecurePages
from compliant_sms.secure_pages._token import is_token, new_token, token_hash
from compliant_sms.secure_pages._words import PageProblem, language_of

__all__ = [
    "HEADERS",
    "LARGEST_FORM",
    "LONGEST_REPLY",
    "Accessed",
    "Form",
    "Identity",
    "Page",
    "PageAccess",
    "PageContent",
    "PageProblem",
    "PageRequest",
    "PageView",
    "SecurePages",
    "Standing",
    "Step",
    "birth_dates",
    "document",
    "guesses_of",
    "is_birth_date",
    "is_token",
    "kept_code",
    "language_of",
    "mark_of",
    "matches_code",
    "new_code",
    "new_token",
    "nonce_of",
    "prove",
    "proven",
    "safe",
    "token_hash",
]
