"""One screen per mode, each beside its style sheet. Screens see feeds, never the engine."""
