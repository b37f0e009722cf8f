import type { ExampleTextMessage } from '../../shared/serving/console/messages.ts';
import { shownName, shownText } from '../text.ts';

const folded = 420;

/** A trace with what is right, what the champion answered, and what the candidate answers. */
export function Example({ of }: { of: ExampleTextMessage }) {
  return (
    <article class="example">
      <TraceText text={of.input} />
      <dl class="answers">
        <div>
          <dt>Right</dt>
          <dd>{of.expected === null ? <span class="quiet">nobody has said</span> : shownName(of.expected, 120)}</dd>
        </div>
        <Answer name="Champion" answer={of.before} />
        {of.after !== null && <Answer name="Candidate" answer={of.after} />}
        <div>
          <dt>Trace</dt>
          <dd class="id">{shownName(of.traceId, 40)}</dd>
        </div>
      </dl>
    </article>
  );
}

function Answer({ name, answer }: { name: string; answer: ExampleTextMessage['before'] }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={answer.right ? 'good' : 'bad'}>
        {answer.right ? '✓' : '✗'} {answer.output === null ? 'no answer' : shownName(answer.output, 120)}
      </dd>
    </div>
  );
}

/** Text of a trace: data, whatever it says; folded where it is long. */
export function TraceText({ text }: { text: string }) {
  const shown = shownText(text);
  if (shown.length <= folded) return <blockquote class="trace-text">{shown}</blockquote>;
  return (
    <>
      <blockquote class="trace-text">{shown.slice(0, folded)}…</blockquote>
      <details>
        <summary>All of it</summary>
        <blockquote class="trace-text">{shown}</blockquote>
      </details>
    </>
  );
}
