"""Proof that every item's form ends well: all states of its conversation, and what is wrong with any of them."""
