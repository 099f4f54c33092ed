"""Run in the engine's interpreter: bot/engine/.venv/bin/python -m pytest bot/engine/tests."""
