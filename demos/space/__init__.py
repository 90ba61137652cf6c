"""A Space of your own: what goes into it, and its GPU that is lent by the call."""
