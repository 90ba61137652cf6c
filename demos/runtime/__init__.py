"""The running server: who may train now, sessions, memory, temporary folders, the log."""
