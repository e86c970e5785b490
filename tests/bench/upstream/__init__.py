"""The fake provider, in a process of its own: as cheap as Python allows, so that it is not what is measured."""
