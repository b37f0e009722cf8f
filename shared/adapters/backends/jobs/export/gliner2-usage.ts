import { z } from 'zod';

/** What an artifact of a GLiNER2 says of itself: `Schema` of the Python package, and what it stands on where it is an adapter. */
export const gliner2FactsSchema = z.object({
  schema: z.object({
    kind: z.enum(['classification', 'extraction']),
    labels: z.array(z.string()),
    /** The labels as the model reads them. */
    names: z.array(z.string()),
    overlaps: z.boolean(),
    threshold: z.number(),
  }),
  method: z.string(),
  foundation: z.object({ name: z.string(), sha256: z.string().nullable() }).optional(),
});

/** How `gliner2` loads the model and what it is to be asked, in Markdown. Texts stand in it as JSON alone. */
export function gliner2Usage({ schema, foundation }: z.infer<typeof gliner2FactsSchema>, isAdapter: boolean): string {
  const load =
    isAdapter && foundation !== undefined
      ? `    from gliner2 import SpanExtractor
    from peft import PeftModel

    model = SpanExtractor.from_pretrained(${JSON.stringify(foundation.name)})
    model = PeftModel.from_pretrained(model, "adapter").merge_and_unload().eval()`
      : `    from gliner2 import SpanExtractor

    model = SpanExtractor.from_pretrained("model").eval()`;
  const ask =
    schema.kind === 'classification'
      ? `    question = model.create_schema().classification("label", names, multi_label=True, cls_threshold=0.0, class_act="softmax")
    [answer] = model.batch_extract(["a text"], question, 1, include_confidence=True, max_len=300)
    best = max(answer["label"], key=lambda one: one["confidence"])
    print(labels[names.index(best["label"])], best["confidence"])`
      : `    [answer] = model.batch_extract_entities(["a text"], names, 1, threshold=${schema.threshold}, include_confidence=True, include_spans=True, max_len=300)
    print({labels[names.index(name)]: found for name, found in answer["entities"].items()})`;
  const places =
    schema.kind === 'classification'
      ? ''
      : `\n\nPlaces are counted in code points there, in UTF-16 units by Ratchet, which of two entities that overlap ${schema.overlaps ? 'and have one label' : ''} keeps the surer one.`.replace(
          '  ',
          ' ',
        );
  return `It is loaded by \`gliner2\` (\`pip install gliner2${isAdapter ? ' peft' : ''}\`):

${load}

    labels = ${JSON.stringify(schema.labels)}
    names = ${JSON.stringify(schema.names)}
${ask}${places}`;
}
