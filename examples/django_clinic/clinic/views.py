"""What the front desk does; put a login in front of it."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from clinic import texting
from clinic.models import Booking
from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidPhoneNumber
from compliant_sms.reminders import Status


class BookingForm(forms.ModelForm):
    """A booking, and whether the patient agreed to texts when asked."""

    may_text = forms.BooleanField(required=False)
    entered_by = forms.CharField()

    class Meta:
        """What the front desk enters."""

        model = Booking
        fields = ("person", "phone", "starts_at")

    def clean_phone(self) -> str:
        """The number as E.164."""
        try:
            return str(PhoneNumber.parse(self.cleaned_data["phone"]).e164)
        except InvalidPhoneNumber as error:
            raise ValidationError(str(error)) from None


@require_POST
def book(request: HttpRequest) -> JsonResponse:
    """Booking, consent and reminders: all of them, or none."""
    form = BookingForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    with transaction.atomic():
        booking = form.save()
        if form.cleaned_data["may_text"]:
            texting.messenger().within(connection).consent.grant(
                booking.phone,
                person=booking.person,
                basis="spoken",
                wording=texting.ASKED_AT_THE_DESK,
                recorded_by=form.cleaned_data["entered_by"],
            )
    return JsonResponse({"id": booking.pk}, status=201)


@require_POST
def cancel(_: HttpRequest, booking: int) -> JsonResponse:
    """The visit will not be; what waits to remind of it is called back."""
    found = get_object_or_404(Booking, pk=booking)
    found.status = Status.CANCELLED
    found.save()
    return JsonResponse({})
