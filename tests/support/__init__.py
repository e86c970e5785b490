"""Builders, fixtures and faults that several rooms of tests share."""
