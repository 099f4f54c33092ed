"""Simulated residents: they hold a conversation through the real pipeline and engine, as people would."""
