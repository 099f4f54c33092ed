"""Rasa alone, in an interpreter of its own; nothing of the application is imported here."""
