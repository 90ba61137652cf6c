"""The words of the tab Compare: (English, Traditional Chinese)."""

COMPARE = {
    "tab_compare": ("Compare", "比較"),
}
