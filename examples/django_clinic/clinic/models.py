"""Bookings, and the visits that the library reminds of."""

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from clinic import texting
from compliant_sms.reminders import Appointment, Status


class Booking(models.Model):
    """A visit of a patient.

    Saving one keeps its reminders in the same transaction.
    """

    person = models.CharField(max_length=50)
    phone = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    status = models.CharField(max_length=20, default=Status.BOOKED)

    def __str__(self) -> str:
        """Which booking; it names nobody."""
        return f"booking {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Booking and reminders, or neither."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            texting.messenger().within(connection).reminders.save(self.as_visit())

    def as_visit(self) -> Appointment:
        """The booking as the library knows it."""
        return Appointment(
            id=str(self.pk),
            person=self.person,
            numbers=self.phone,
            start=timezone.localtime(self.starts_at),
            time_zone=settings.TIME_ZONE,
            status=self.status,
        )
