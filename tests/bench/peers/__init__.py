"""Everybody who takes part: how to start them, where they listen, how to end them."""
