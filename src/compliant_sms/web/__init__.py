"""Callbacks from providers, in the web framework of the host. Each needs the framework's extra.

All of them work alike, and answer alike: the guide to webhooks has the table. Where they are
mounted, ``/twilio`` takes the callbacks of the provider of that name, and the mount itself those of
the messenger's first one. No answer and no log record holds anything of a callback.

The same modules serve the pages behind the links in notices.
"""
