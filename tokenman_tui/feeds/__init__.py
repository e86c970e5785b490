"""What the screens draw, as plain Python: bounded collections, figures and lines. Nothing here knows of Textual."""
