"""The doors of the chat. A door only translates."""
