"""Twins of the source files, the client contract, end-to-end runs and benchmarks."""
