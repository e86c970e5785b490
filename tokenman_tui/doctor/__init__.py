"""What can be wrong around the program, looked at from outside: one file for each thing that is examined."""
