"""The loop: one step, the run around it, and what it leaves on disk."""
