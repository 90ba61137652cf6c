"""The tabs, one folder each: tab.py holds components and events, the other files what they show."""
