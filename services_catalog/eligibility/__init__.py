"""Who may be entitled to an item: conditions as rules over facts of a person, answered by yes, no or cannot be told."""
