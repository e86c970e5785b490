"""Widgets that draw lines of spans; only what is visible and only what changed."""
