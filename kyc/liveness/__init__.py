"""Whether a living person stands before the camera, as far as a few frames can tell."""
