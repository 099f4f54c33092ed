"""Finding faces, judging pictures of them, and telling whether two are of one person. Only ever 1:1."""
