import type { FormatItem } from '../../ports/trace-format.ts';
import { GenAiSpans } from './genai-spans.ts';
import { OpenInferenceSpans } from './openinference-spans.ts';
import type { LoggedEvent, Span } from './span.ts';

/** Spans and logged events of a file, one by one, as traces and judgements, by whichever conventions they follow. */
export class SpanItems {
  readonly #genAi = new GenAiSpans();
  readonly #openInference = new OpenInferenceSpans();

  *take(item: Span | LoggedEvent): Generator<FormatItem> {
    if (item.kind === 'event') {
      yield* this.#genAi.hear(item);
      return;
    }
    const kind = item.attributes.get('openinference.span.kind');
    if (typeof kind === 'string' && kind !== '' && kind !== 'UNKNOWN') {
      yield* this.#openInference.take(item, kind.toUpperCase());
    } else {
      yield* this.#genAi.take(item);
    }
  }

  /** What still waits when the file ends. */
  *end(): Generator<FormatItem> {
    yield* this.#openInference.end();
    yield* this.#genAi.end();
  }
}
