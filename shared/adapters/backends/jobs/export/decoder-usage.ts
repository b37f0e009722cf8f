import { z } from 'zod';

/** What an artifact of a decoder says of itself: `About` of the Python package. */
export const decoderFactsSchema = z.object({
  foundation: z.string(),
  /** Where it is not the foundation's own. */
  tokenizer: z.string().optional(),
  sha256: z.string().nullable(),
  /** Null where answers are written freely. */
  labels: z.array(z.string()).nullable(),
  max_tokens: z.int(),
  max_new_tokens: z.int().default(0),
  reasoned: z.boolean().default(false),
  structured: z.boolean().default(false),
});

/** With more labels than this the question does not name them. */
const mostNamed = 100;
/** Tokens that are enough for a label. */
const labelTokens = 32;

/** How `transformers` and `peft` load a decoder, and how it is to be asked, in Markdown. Texts stand in it as JSON alone. */
export function decoderUsage({
  foundation,
  tokenizer = foundation,
  labels,
  max_new_tokens,
  reasoned,
  structured,
}: z.infer<typeof decoderFactsSchema>): string {
  const task = labels === null ? null : taskOf(labels);
  const system = task === null ? '' : `{"role": "system", "content": ${JSON.stringify(task)}}, `;
  const plain = task === null ? '' : `${JSON.stringify(`${task}\nText: `)} + `;
  const form = [
    reasoned ? 'Its reasoning comes first, then, after a line that begins with `<answer> `, the answer.' : '',
    structured ? 'An answer that begins with `{` or `[` is JSON.' : '',
  ].filter((part) => part !== '');
  const how =
    labels === null
      ? 'It writes the likeliest token each time, which `do_sample=False` asks for.'
      : 'Ratchet does not let it write, but weighs each label as its answer and takes the most probable one: where it writes, what it says may be no label.';
  return `It is loaded by \`transformers\` and \`peft\` (\`pip install torch transformers peft\`), on its foundation:

    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    foundation = ${JSON.stringify(foundation)}
    tokenizer = AutoTokenizer.from_pretrained(${tokenizer === foundation ? 'foundation' : JSON.stringify(tokenizer)})
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(foundation, dtype=torch.float32), "adapter")
    model = model.merge_and_unload().eval()

    text = "a text"
    if tokenizer.chat_template is None:
        question = ${plain}text + "\\nAnswer:"
    else:
        messages = [${system}{"role": "user", "content": text}]
        question = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    asked = tokenizer(question, add_special_tokens=False, return_tensors="pt")
    made = model.generate(**asked, max_new_tokens=${labels === null ? max_new_tokens : labelTokens}, do_sample=False)
    print(tokenizer.decode(made[0, asked["input_ids"].shape[1]:], skip_special_tokens=True).strip())

${[how, ...form].join(' ')}`;
}

function taskOf(labels: readonly string[]): string {
  return `Classify the text. Answer${labels.length <= mostNamed ? ` with one of: ${labels.join(', ')}` : ''}.`;
}
