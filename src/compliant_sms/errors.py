"""Every exception that leaves this package.

::

    CompliantSmsError
    ├── InvalidInput (ValueError)         you passed something that cannot be used
    │   ├── InvalidPhoneNumber            not a number that can be texted; ``problem`` says why
    │   ├── InvalidCheckpoint             a checkpoint that cannot be read or believed
    │   ├── Unsupported                   the provider cannot do it; nothing was sent
    │   ├── CannotRender                  values that a template cannot be filled with; ``problems``
    │   └── IdempotencyConflict           one key, two different texts
    ├── ConfigurationError                the setup is wrong; nothing was attempted
    │   ├── InvalidPack                   a file of dated rules cannot be used; ``problems``
    │   ├── InvalidKeys                   a keyring's keys cannot be used; ``problems``
    │   ├── InvalidTemplate               a template cannot be used; ``problems``
    │   └── MissingExtra (ImportError)    an optional dependency is not installed
    ├── UnknownMessage (LookupError)      no text has that id
    ├── UnknownThread (LookupError)       no thread has that id
    ├── UnknownTemplate (LookupError)     no template of that name may be used
    ├── UnknownHold (LookupError)         no legal hold that stands has that id
    ├── UnknownPerson (LookupError)       nothing is on record about a person with that id
    ├── UnderLegalHold                    a legal hold forbids the erasure
    ├── Unsettled                         it is not known yet whether a text went out
    ├── WebhookRejected                   a callback that must not be believed
    │   └── InvalidSignature              its signature is missing or wrong
    │       └── NeedsCertificate          its certificate has to be fetched first
    ├── StoreError                        the database could not do it; nothing was recorded
    │   ├── StoreBusy                     locked by somebody else for too long
    │   ├── StoreReadOnly                 cannot be written
    │   ├── StoreFull                     no space left
    │   ├── RecordAltered                 another program changed a record
    │   ├── NotOurDatabase                another program's database, or a damaged one
    │   ├── SchemaTooNew                  written by a newer version of this library
    │   ├── SchemaTooOld                  must be upgraded, which does not happen by itself
    │   └── CommitUnknown                 unlike the others: it may have been recorded
    ├── LedgerTampered                    the consent ledger or audit log does not verify
    ├── CannotUnseal                      sealed bytes do not open with these keys
    └── TransportError                    the provider could not be asked
        ├── RequestNotSent                certainly not processed
        ├── NoAnswer                      may have been processed
        └── ReplyTooLarge                 the answer is larger than the request allows

A refusal by policy is not an exception: :meth:`Messenger.send` returns ``Held`` or ``Blocked``.

No message in this tree holds a text's body, a full phone number or a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = [
    "CannotRender",
    "CannotUnseal",
    "CommitUnknown",
    "CompliantSmsDeprecationWarning",
    "CompliantSmsError",
    "ConfigurationError",
    "IdempotencyConflict",
    "InvalidCheckpoint",
    "InvalidInput",
    "InvalidKeys",
    "InvalidPack",
    "InvalidPhoneNumber",
    "InvalidSignature",
    "InvalidTemplate",
    "LedgerTampered",
    "MissingExtra",
    "NeedsCertificate",
    "NoAnswer",
    "NotOurDatabase",
    "PhoneNumberProblem",
    "RecordAltered",
    "ReplyTooLarge",
    "RequestNotSent",
    "SchemaTooNew",
    "SchemaTooOld",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoreReadOnly",
    "TransportError",
    "UnderLegalHold",
    "UnknownHold",
    "UnknownMessage",
    "UnknownPerson",
    "UnknownTemplate",
    "UnknownThread",
    "Unsettled",
    "Unsupported",
    "WebhookRejected",
]


def _as_it_was(kind: type[CompliantSmsError], args: tuple[object, ...]) -> CompliantSmsError:
    return kind.__new__(kind, *args)


class CompliantSmsError(Exception):
    """Base class of all exceptions of this package."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by attributes, so that an exception survives the way to another process.

        By default an exception is rebuilt from its message, which is not what all of these take;
        and one that cannot be unpickled breaks a process pool for good.
        """
        return _as_it_was, (type(self), self.args), self.__dict__ or None


class CompliantSmsDeprecationWarning(DeprecationWarning):
    """A name, an argument or a function will be removed; the message says when and what to use.

    It is a warning, not an error: nothing raises it unless you ask Python to.
    """


class _WithProblems(CompliantSmsError):
    """Several problems at once, each on a line of its own."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("\n".join(self.problems))


class InvalidInput(CompliantSmsError, ValueError):
    """An argument cannot be used; the message says which one, why, and what to pass instead."""


class PhoneNumberProblem(StrEnum):
    """Why a string is not a phone number that can be used."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    MISSING_AREA_CODE = "missing_area_code"
    SHORT_CODE = "short_code"
    INVALID = "invalid"


class InvalidPhoneNumber(InvalidInput):
    """A string that is not a phone number.

    Attributes:
        problem: why not. The string itself is never part of the error.
    """

    def __init__(self, problem: PhoneNumberProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class InvalidCheckpoint(InvalidInput):
    """A checkpoint of the ledger cannot be read, or was not signed by a known key."""


class Unsupported(InvalidInput):
    """The provider cannot do what was asked; nothing was sent."""


class CannotRender(_WithProblems, InvalidInput):
    """A template cannot be filled with these values; nothing was sent.

    Attributes:
        problems: everything that is wrong, by variable name. No value is shown.
    """


class IdempotencyConflict(InvalidInput):
    """An idempotency key was used again for a different text."""


class ConfigurationError(CompliantSmsError):
    """The setup cannot work; nothing was attempted."""


class InvalidPack(_WithProblems, ConfigurationError):
    """A file of dated rules cannot be used, not even in part.

    Attributes:
        problems: everything that is wrong with it: file, row and reason.
    """


class InvalidKeys(_WithProblems, ConfigurationError):
    """The keys of a keyring cannot be used; none of them was used.

    Attributes:
        problems: everything that is wrong: line and reason. No key is shown.
    """


class InvalidTemplate(_WithProblems, ConfigurationError):
    """A template, or a file of templates, cannot be used, not even in part.

    Attributes:
        problems: everything that is wrong: template, body, place and reason.
    """


class MissingExtra(ConfigurationError, ImportError):
    """An optional dependency is not installed.

    Attributes:
        extra: the name to put into ``pip install 'compliant-sms[NAME]'``.
    """

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs an optional dependency: "
            f"run  python -m pip install 'compliant-sms[{extra}]'"
        )
        self.extra = extra


class UnknownMessage(CompliantSmsError, LookupError):
    """No text with that id belongs to this practice."""


class UnknownThread(CompliantSmsError, LookupError):
    """No thread with that id belongs to this practice."""


class UnknownTemplate(CompliantSmsError, LookupError):
    """The catalogue has no such template, or none of its versions may be used."""


class UnknownHold(CompliantSmsError, LookupError):
    """No legal hold of this practice that still stands has that id."""


class UnknownPerson(CompliantSmsError, LookupError):
    """Nothing is on record, or nothing any more, about a person with that id."""


class UnderLegalHold(CompliantSmsError):
    """A legal hold covers what was to be erased; nothing was erased."""


class Unsettled(CompliantSmsError):
    """It is not known yet whether a text went out, so its record must stay readable."""


class WebhookRejected(CompliantSmsError):
    """A callback was refused and changed nothing.

    Attributes:
        status: the HTTP status to answer with.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class InvalidSignature(WebhookRejected):
    """A callback's signature is missing or wrong: it does not come from the provider."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=403)


class NeedsCertificate(InvalidSignature):
    """A callback cannot be checked until the certificate at an address has been fetched.

    Attributes:
        url: the certificate's address; the adapter has checked that it is the provider's own.
    """

    def __init__(self, url: str) -> None:
        super().__init__("the certificate that the callback is signed with is not known yet")
        self.url = url


class StoreError(CompliantSmsError):
    """The database could not do what was asked; nothing of it was recorded."""


class StoreBusy(StoreError):
    """The database, or every connection to it, stayed in use by others for too long. Try again."""


class StoreReadOnly(StoreError):
    """The database or its folder is not writable, or its user lacks a privilege."""


class StoreFull(StoreError):
    """The disk under the database is full."""


class NotOurDatabase(StoreError):
    """It is not a compliant_sms database, or it is damaged."""


class RecordAltered(StoreError):
    """A record is not what compliant_sms writes: another program changed it."""


class SchemaTooNew(StoreError):
    """The database was written by a newer compliant_sms: upgrade this installation."""


class SchemaTooOld(StoreError):
    """The database is older than this installation: ``compliant-sms db upgrade --database ...``."""


class CommitUnknown(StoreError):
    """The connection broke at the commit, and it is not known whether the commit took effect.

    Everything was recorded, or nothing. Ask again: an idempotency key makes that safe for a text,
    and a provider repeats its callbacks.
    """


class LedgerTampered(CompliantSmsError):
    """A record of the consent ledger, or of the audit log, was changed, removed or moved.

    Attributes:
        chain_id: which chain of events; None where only a checkpoint shows that something is
            wrong.
        position: the first bad record in the chain, counted from 0; None in the same case.
        checkpoint: the size, in events, of the checkpoint that the ledger contradicts; None where
            it shows without a checkpoint.
    """

    def __init__(
        self,
        message: str,
        *,
        chain_id: str | None = None,
        position: int | None = None,
        checkpoint: int | None = None,
    ) -> None:
        super().__init__(message)
        self.chain_id = chain_id
        self.position = position
        self.checkpoint = checkpoint


class CannotUnseal(CompliantSmsError):
    """Sealed bytes do not open: wrong key, changed bytes, or another record's bytes."""


class TransportError(CompliantSmsError):
    """The provider could not be asked."""


class RequestNotSent(TransportError):
    """No byte of the request left this machine: it was certainly not processed."""


class NoAnswer(TransportError):
    """The request may have been processed, but no answer came back."""


class ReplyTooLarge(TransportError):
    """The answer has more bytes than the request allows; it was not read to the end."""
