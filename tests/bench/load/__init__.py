"""The load, in a process of its own: one specification in on stdin, one object of figures out on stdout."""
