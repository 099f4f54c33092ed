"""What the bot does in a turn, one file a topic."""
