"""What set-up raises when it cannot go on."""


class SetupError(Exception):
    """Set-up cannot go on: a sentence saying why, and a remedy, both Chinese and shown as they are."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
