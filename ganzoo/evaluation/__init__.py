"""Numbers: the judges that metrics ask, the metrics, and models side by side."""
