"""Failures that were asked for and come instead of an answer: statuses, first tries, rates, redirects, missing keys."""

import math

from proxy_core.mock.call import Call
from proxy_core.mock.canonical import digest
from proxy_core.mock.failures import ProviderError
from proxy_core.mock.replies import Reply
from proxy_core.mock.state import ProviderState
from proxy_core.mock.vendors import Vendor

_OVERLOADED = 529


def check(state: ProviderState, call: Call, vendor: Vendor) -> Reply | None:
    """The redirect that the directives demand, or None when the request may be answered.

    Raises:
        ProviderError: the directives demand a failure, or a key is required and missing.
    """
    if state.settings.require_key and not call.api_key:
        raise ProviderError(401, "x-api-key header is required")
    _check_rate(state, call)
    _check_status(state, call, vendor)
    if call.directives.redirect is not None:
        return Reply(307, {"location": call.directives.redirect, "content-length": "0"})
    return None


def _check_rate(state: ProviderState, call: Call) -> None:
    if call.directives.rpm is None:
        return
    wait_s = state.seconds_until_allowed(call.api_key, call.directives.rpm, call.at_s)
    if wait_s > 0:
        message = f"This request would exceed the rate limit of {call.directives.rpm} requests per minute."
        raise ProviderError(429, message, headers={"retry-after": str(math.ceil(wait_s))})


def _check_status(state: ProviderState, call: Call, vendor: Vendor) -> None:
    wanted = call.directives
    if wanted.fail_first is not None:
        key = wanted.key or digest(call.path.encode(), call.content).hex()
        if state.count_try(key) > wanted.fail_first:
            return
    elif wanted.status is None:
        return
    error = vendor.failure(wanted.status or _OVERLOADED)
    if wanted.retry_after is not None:
        error.headers["retry-after"] = str(wanted.retry_after)
    raise error
