"""A package, so that `python -m tests.fake_hub.server` finds this folder and not what another library calls tests."""
