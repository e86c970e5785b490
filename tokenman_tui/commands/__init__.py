"""The verbs of the command line: one module for each verb, or for each family of them, with its `app`."""
