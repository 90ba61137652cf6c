"""The words of the tab Lessons: (English, Traditional Chinese)."""

LESSONS = {
    "tab_lessons": ("Lessons", "課程"),
}
