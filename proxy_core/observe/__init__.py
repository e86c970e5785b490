"""Subscribers of the bus: running figures, metrics, logs. They are told, never asked."""
