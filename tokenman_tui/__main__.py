"""`python -m tokenman_tui` is `tokenman`."""

from tokenman_tui.cli import main

if __name__ == "__main__":
    main()
