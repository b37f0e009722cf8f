"""A decoder of few weights that knows nothing, asked for many texts at once."""

import pytest

pytest.importorskip("peft")
pytestmark = pytest.mark.heavy

from foundations import tiny_llama  # noqa: E402

import torch  # noqa: E402

from ratchet_training.back_ends.hf_lora import (  # noqa: E402
    LoadedDecoder,
    Questions,
    load_foundation,
    loss_of_answers,
    padded,
)
from ratchet_training.greedy import AT_ONCE, Greedy, common, read_beginning  # noqa: E402

WORDS = ["play a song", "is it going to rain tomorrow in Basel", "book", "a table for two", "the weather", "say hello"]
#: More than are written at once, of many lengths.
ASKED = [" ".join(WORDS[(at * 5 + k) % 6] for k in range(1 + at % 7)) for at in range(AT_ONCE + 6)]
MOST = 24


@pytest.fixture(scope="module")
def decoder(tmp_path_factory):
    model, tokenizer = load_foundation(str(tiny_llama(tmp_path_factory.mktemp("greedy") / "tiny-llama", WORDS)))
    return model.eval(), Questions(tokenizer, None, 128, MOST)


def ends(model, prompts) -> int:
    """A token that some texts hold early and others late or never: with it as the end they are of many lengths."""
    texts = [tokens_of(model, prompt, None) for prompt in prompts]
    first = {token: {text.index(token) for text in texts if token in text} for text in texts for token in text}
    return max(first, key=lambda token: (len(first[token]), -token))


def tokens_of(model, prompt, end) -> list[int]:
    """What transformers itself writes, alone."""
    made = model.generate(
        torch.tensor([prompt]), do_sample=False, max_new_tokens=MOST, eos_token_id=end, pad_token_id=0
    )
    return made[0, len(prompt) :].tolist()


def test_writes_what_the_library_writes_for_each_alone(decoder):
    model, questions = decoder
    prompts = [questions.unanswered(text) for text in ASKED]
    with torch.inference_mode():
        end = ends(model, prompts)
        texts = Greedy(model, questions.beginning, end, questions.pad).write(prompts, MOST)
        assert [text.tokens for text in texts] == [tokens_of(model, prompt, end) for prompt in prompts]
    assert len({len(text.tokens) for text in texts}) > 3


def test_an_answer_hangs_on_nothing_that_is_asked_beside_it(decoder):
    model, questions = decoder
    prompts = [questions.unanswered(text) for text in ASKED]
    for numbers in (torch.float32, torch.bfloat16):
        greedy = Greedy(model.to(numbers), questions.beginning, None, questions.pad)
        with torch.inference_mode():
            together = greedy.write(prompts, MOST)
            assert [greedy.write([prompt], MOST)[0] for prompt in prompts] == together
            assert greedy.write(prompts[::-1], MOST)[::-1] == together
    model.to(torch.float32)


def test_what_was_drafted_otherwise_than_alone_is_written_anew(decoder):
    model, questions = decoder
    prompt = questions.unanswered("say hello")
    with torch.inference_mode():
        [right] = Greedy(model, questions.beginning, None, questions.pad).write([prompt], MOST)
        greedy = Greedy(model, questions.beginning, None, questions.pad)
        draft = greedy._draft

        def drafted_wrong(prompts, most):
            texts = draft(prompts, most)
            return [[*text[:5], (text[5] + 1) % 500, *text[6:]] if most == MOST else text for text in texts]

        greedy._draft = drafted_wrong
        assert greedy.write([prompt], MOST) == [right]


def test_reads_what_prompts_begin_with_once_and_where_one_begins_otherwise_not(decoder):
    model, questions = decoder
    prompts = [questions.unanswered(text) for text in ("say hello", "play a song")]
    assert questions.tokenizer.decode(questions.beginning) == "<|user|>"
    assert common(questions.beginning, prompts) == 1
    assert common(questions.beginning, [*prompts, [9, 9, 9]]) == 0
    assert common(questions.beginning, [questions.beginning]) == 0
    assert read_beginning(model, [], 2) is None
    with torch.inference_mode():
        texts = Greedy(model, questions.beginning, None, questions.pad).write([*prompts, [9, 9, 9]], MOST)
        assert texts[2].tokens == tokens_of(model, [9, 9, 9], None)


def test_the_loss_is_the_librarys_with_the_beginning_read_once(decoder):
    model, questions = decoder
    batch = [questions.with_answer(text, answer) for text, answer in zip(ASKED[:6], WORDS, strict=True)]
    long = Questions(questions.tokenizer, ["play", "rain"], 128)
    assert len(long.beginning) > 10
    for asked, these in ((questions, batch), (long, [long.with_answer(text, "rain") for text in ASKED[:6]])):
        expected = model(**padded(these, asked.pad)).loss
        wanted = gradients(model, expected)
        found = loss_of_answers(model, these, asked)
        assert found.item() == pytest.approx(expected.item(), rel=1e-5)
        for a, b in zip(gradients(model, found), wanted, strict=True):
            assert torch.allclose(a, b, rtol=1e-3, atol=1e-6)


def test_weighs_labels_as_if_the_question_was_read_for_each(decoder):
    model, questions = decoder
    labels = ["book", "rain", "say hello to Basel"]
    asked = Questions(questions.tokenizer, labels, 64)
    loaded = LoadedDecoder(model, asked)
    # The last is cut, and to make room for a longer label more so.
    for text in ("play a song", "a table for two " * 40):
        encoded = [asked.with_answer(text, label) for label in labels]
        with torch.inference_mode():
            scores = torch.stack([-model(**padded([one], asked.pad)).loss * one.answer for one in encoded])
        expected = torch.softmax(scores.double(), dim=0).tolist()
        [prediction] = loaded.predict([text], 3)
        assert dict(prediction.alternatives) == pytest.approx(dict(zip(labels, expected)), rel=1e-4)


def gradients(model, loss) -> list[torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]
