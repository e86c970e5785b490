"""Stored bodies, for those who ask for them: content-addressed per segment, so that a long session costs disk once."""
