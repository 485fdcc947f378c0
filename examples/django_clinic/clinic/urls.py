"""Where the front desk goes, and where the provider calls."""

from django.conf import settings
from django.urls import include, path

from clinic import texting, views
from compliant_sms.web.django import webhook_urls

urlpatterns = [
    path("bookings", views.book),
    path("bookings/<int:booking>/cancel", views.cancel),
    path(
        "texts/",
        include(webhook_urls(texting.messenger(), public_url=f"{settings.URL}/texts")),
    ),
]
