from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.held_out import SHARE, VOICES, held_out, voice_of


def test_a_voice_is_held_out_whole_or_not_at_all() -> None:
    texts = [f"第{number}句" for number in range(50)]
    assert all(held_out(texts, [sorted(VOICES)[0]] * 50))
    assert not any(held_out(texts, ["grandma"] * 50))


def test_a_share_of_what_nobody_says_is_held_out_and_always_the_same() -> None:
    texts = [f"第{number}句" for number in range(2000)]
    chosen = held_out(texts, [""] * 2000)
    assert abs(chosen.mean() - SHARE) < 0.05
    assert (chosen == held_out(texts, [""] * 2000)).all()


def test_the_voice_stands_in_the_metadata_of_the_intent() -> None:
    assert voice_of(Message({"text": "办证", "metadata": {"intent": {"voice": "son"}}})) == "son"
    assert voice_of(Message({"text": "办证"})) == ""
