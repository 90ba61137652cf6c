"""The lessons: networks, losses and training steps. They know nothing of data, files or the Hub."""
