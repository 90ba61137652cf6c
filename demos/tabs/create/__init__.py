"""Create: pictures from noise."""
