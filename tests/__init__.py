"""A package, so that `python -m tests.hostile` finds this folder and not what another library calls tests."""
