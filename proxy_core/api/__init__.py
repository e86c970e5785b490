"""What the API says: plain functions from the engine's state and a query to values that JSON can hold.

One file per resource. Nothing here knows which web framework asks.
"""
