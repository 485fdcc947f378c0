"""AWS's JSON 1.0 protocol: calls, and what the answers to them name as the reason.

Source: AWS Smithy, "AWS JSON 1.0 protocol"; the names of errors as botocore 1.44 reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliant_sms.providers._reading import items, json_object, mapping, text_in
from compliant_sms.providers._signatures._aws import Credentials, sign
from compliant_sms.wire import HttpReply, HttpRequest


def signed_call(
    host: str, target: str, fields: Mapping[str, Any], credentials: Credentials, *, at: datetime
) -> HttpRequest:
    """A call of an operation.

    Args:
        host: with its scheme.
        target: the API and the operation.
        fields: what the operation takes.
        credentials: who signs.
        at: when (aware).
    """
    url, body = f"{host.rstrip('/')}/", json.dumps(fields).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    signed = sign(url, headers, body, credentials, at=at)
    return HttpRequest(method="POST", url=url, headers=signed, body=body)


def reasons(reply: HttpReply) -> list[str]:
    """What a refusal names, the narrowest first: fields, a reason, and the error's name last."""
    content = json_object(reply.body)
    # As a name, behind a namespace, or in a header with an address behind it.
    full = text_in(content, "__type") or reply.header("x-amzn-errortype") or ""
    fields = [text_in(mapping(each), "Name") for each in items(content.get("Fields"))]
    return [*fields, text_in(content, "Reason"), full.rpartition("#")[2].partition(":")[0]]
