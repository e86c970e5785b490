"""The benchmark: the product, a direct connection, nginx and LiteLLM's proxy, side by side in one run.

Run it with ``python -m tests.bench`` (``--quick`` for two to three minutes, ``--help`` for the choices). Linux only,
because CPU time is read from the kernel and processes are pinned to cores.

Every load runs in turns (direct, nginx, the product, LiteLLM, and again), so that whatever else the machine does falls
on all of them. The server under test has the first core for itself; the load and the fake provider share another.
A new load is one file in ``rows`` and one line in ``rows/__init__.py``.
"""
