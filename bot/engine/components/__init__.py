"""What Rasa's pipeline is made of here: Chinese text to intent and item."""
