"""What a text costs before it is sent."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.text._segments import Segmentation
from compliant_sms.text._smart_encoding import OutsideGsm7, outside_gsm7, smart_encode


@frozen(kw_only=True)
class Cost:
    """A preview of the cost, without carriers' fees on top of the price of a segment.

    Attributes:
        size: encoding, units and segments of the text.
        outside_gsm7: the characters that force UCS-2; none if the text is in GSM-7.
        recipients: how many get it.
        segments: how many segments are billed in all.
        total: the total price, in the currency of the price.
        smart_size: the size after :func:`smart_encode`.
        smart_total: the total price after :func:`smart_encode`.
    """

    size: Segmentation
    outside_gsm7: tuple[OutsideGsm7, ...]
    recipients: int
    segments: int
    total: Decimal
    smart_size: Segmentation
    smart_total: Decimal


def cost(text: str, price_per_segment: Decimal | int, *, recipients: int = 1) -> Cost:
    """Calculate what it costs to send a text, as it is and after smart encoding.

    Args:
        text: the body as it will be sent.
        price_per_segment: in any currency, for example ``Decimal("0.0083")``.
        recipients: how many get it.

    Raises:
        InvalidInput: the price is a float or below 0, there are fewer than 0 recipients, or the
            text holds a lone surrogate.
    """
    price = price_of_segment(price_per_segment)
    if recipients < 0:
        msg = "recipients is below 0; pass how many people get the text"
        raise InvalidInput(msg)
    smart = smart_encode(text)
    return Cost(
        size=smart.before,
        outside_gsm7=outside_gsm7(text),
        recipients=recipients,
        segments=smart.before.segments * recipients,
        total=price * smart.before.segments * recipients,
        smart_size=smart.after,
        smart_total=price * smart.after.segments * recipients,
    )


def price_of_segment(given: object) -> Decimal:
    """Check the price of a segment, in any currency.

    Raises:
        InvalidInput: it is a float, or below 0.
    """
    if isinstance(given, Decimal | int) and not isinstance(given, bool):
        price = Decimal(given)
        if price.is_finite() and price >= 0:
            return price
    msg = "the price of a segment is a Decimal of 0 or more, for example Decimal('0.0083')"
    raise InvalidInput(msg)
