"""The terminal: screens over the engine's state."""
