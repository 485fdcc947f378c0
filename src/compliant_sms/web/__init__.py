"""Callbacks from providers, in your web framework. Each module needs the framework's extra.

All of them work and answer alike: the guide to webhooks has the table. Below the mount, ``/twilio``
takes the callbacks of the provider of that name; the mount itself takes those of the messenger's
first provider. No answer and no log record contains anything from a callback.

The same modules serve the pages behind the links in notices.
"""
