"""Which certificates an upstream is trusted by."""

import os
import ssl
from pathlib import Path

import certifi


def trust_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """The system's certificates and certifi's, or those SSL_CERT_FILE and SSL_CERT_DIR name; `ca_file` adds to them.

    Takes about 20 ms, so call it off the loop. Raises OSError when a file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()  # reads SSL_CERT_FILE and SSL_CERT_DIR by itself
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context
