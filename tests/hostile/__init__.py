"""What a hostile but fair outsider tries: inputs, kills, threads, raw calls. Faults of the Hub are in tests/hub/."""
