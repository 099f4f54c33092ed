"""Editing the catalogue: new items, what a change means, tables for staff who live in spreadsheets."""
