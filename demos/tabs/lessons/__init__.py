"""Lessons: why each idea of the course exists, one file a lesson."""
