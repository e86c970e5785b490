"""Which certificates an upstream is trusted by."""

import asyncio
import os
import ssl
from pathlib import Path

import certifi

from proxy_core.upstream.failures import ConnectFailed


async def load_trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """The system's certificates and certifi's, or those SSL_CERT_FILE and SSL_CERT_DIR name; `ca_file` adds to them.

    Off the loop, because it takes about 20 ms. Raises ConnectFailed when a file cannot be used.
    """
    try:
        return await asyncio.to_thread(_trust, ca_file)
    except OSError:
        files = f"{ca_file}" if ca_file else "that SSL_CERT_FILE or SSL_CERT_DIR names"
        raise ConnectFailed(f"The file {files} could not be read as certificates, so no upstream is trusted.") from None


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()  # reads SSL_CERT_FILE and SSL_CERT_DIR by itself
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context
