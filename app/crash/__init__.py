"""Killing 1call at random points while residents talk to it, and holding it to what it promised them."""
