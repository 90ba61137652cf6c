"""Compare: one drawing, several losses."""
