"""Zoo: every model with its card and its numbers."""
