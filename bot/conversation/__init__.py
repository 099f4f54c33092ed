"""From inbox to turn to outbox; who owns the conversation; redaction."""
