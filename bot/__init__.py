"""Talking: the doors, the turn, and the engine behind it."""
