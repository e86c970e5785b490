"""One request and its reply, as values: what the client sent, what came back, what it used, how it ended."""
