"""Codes to photograph, as SVG and PNG (extra ``qr``)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.contact._links import qr_text
from compliant_sms.errors import InvalidInput, MissingExtra
from compliant_sms.phone import PhoneNumber

if TYPE_CHECKING:
    import segno

# ISO/IEC 18004 asks for four modules of white around a code.
_QUIET_ZONE = 4
_MOST_SCALE = 100


@frozen
class QrCode:
    """A code that opens the texting app.

    Attributes:
        text: what stands in it.
    """

    text: str
    _code: segno.QRCode = field(repr=False, eq=False)

    def svg(self, *, title: str = "", scale: int = 4) -> str:
        """The code as SVG, to be put into a page; it loads nothing and runs nothing.

        Args:
            title: what a screen reader says of it, for example ``"Text us at 217-555-0111"``.
            scale: pixels for each module, 1 to 100.

        Raises:
            InvalidInput: the scale cannot be used.
        """
        _given.a_text(title, "title")
        made: str = self._code.svg_inline(
            scale=_usable(scale), border=_QUIET_ZONE, light="#fff", title=title or None
        )
        return made

    def png(self, *, scale: int = 8) -> bytes:
        """The code as a PNG file, black on white.

        Args:
            scale: pixels for each module, 1 to 100; 8 or more for print.

        Raises:
            InvalidInput: the scale cannot be used.
        """
        out = BytesIO()
        self._code.save(out, kind="png", scale=_usable(scale), border=_QUIET_ZONE)
        return out.getvalue()


def qr_code(number: str | PhoneNumber, body: str = "") -> QrCode:
    """A code that opens the texting app of a phone, on iOS and on Android.

    Args:
        number: whom to text.
        body: what stands there to begin with: see :func:`sms_link`.

    Raises:
        MissingExtra: segno is not installed.
        InvalidPhoneNumber: it is no number.
        InvalidInput: the body cannot be used.
    """
    text = qr_text(number, body)
    try:
        import segno  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("qr", "a code to photograph") from error  # noqa: EM101 - an extra
    # Level M bears a scratch of 15 %, and a code for a wall needs no more (ISO/IEC 18004).
    return QrCode(text, segno.make_qr(text, error="m", boost_error=False, encoding=_encoding(text)))


def _encoding(text: str) -> str | None:
    return None if text.isascii() else "utf-8"


def _usable(scale: int) -> int:
    _given.a_kind(scale, int, "scale", "a whole number of pixels for each module")
    if not 1 <= scale <= _MOST_SCALE:
        msg = f"scale must be from 1 to {_MOST_SCALE} pixels for each module"
        raise InvalidInput(msg)
    return scale
