import type { ComponentChildren } from 'preact';
import { plural } from '../../shared/domain/base/wording.ts';
import { formatInstant, formatPercent } from '../../shared/loop/report/format.ts';
import type { ReviewCard } from '../../shared/serving/review-messages.ts';
import { shownLine, shownName } from '../text.ts';
import type { Choice } from './choices.ts';
import { MarkedText } from './marked-text.tsx';
import { entitiesOf, outputKey, outputLine } from './outputs.ts';
import { reasonTitles } from './reasons.ts';
import type { RightSoFar } from './right-so-far.ts';

interface CardViewProps {
  readonly card: ReviewCard;
  /** Where it stands, for people: `3 of 120`. */
  readonly place: string;
  /** How often such answers were right so far; null where nothing tells. */
  readonly soFar: RightSoFar | null;
  /** Who else works on it; null for nobody. */
  readonly heldBy: string | null;
  /** Other people that should judge it; 1 where one is enough. */
  readonly reviewsWanted: number;
  /** What is done with it: choices, an editor, or a preview. */
  readonly children: ComponentChildren;
  /** Whether an editor shows the text itself. */
  readonly isEdited: boolean;
}

/** The card in focus: the text, what the model answered, what was said of it, and why it is here. */
export function CardView({ card, place, soFar, heldBy, reviewsWanted, isEdited, children }: CardViewProps) {
  const { input, output, confidence, verdict, expected, why, like, at } = card;
  return (
    <section class="panel review-card" aria-labelledby="review-card-title">
      <header class="head">
        <h2 id="review-card-title">Card {place}</h2>
        <ul class="chips" aria-label="Why it is here">
          {why.map(({ kind, text }) => (
            <li key={kind} class={`tag ${kind}`} title={shownLine(text, 300)}>
              {reasonTitles[kind]}
            </li>
          ))}
        </ul>
        {like > 0 && <span class="tag">and {plural(like, 'near-duplicate')}</span>}
      </header>
      {heldBy !== null && (
        <p class="warn" role="status">
          {shownName(heldBy, 60)} works on this card now.
        </p>
      )}
      {!isEdited && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
        <blockquote class="trace-text long-text" tabIndex={0} aria-label="Text">
          {input === '' ? (
            <span class="quiet">an empty text</span>
          ) : (
            <MarkedText text={input} entities={entitiesOf(output)} />
          )}
        </blockquote>
      )}
      <dl class="answers">
        <div>
          <dt>The model answered</dt>
          <dd class={verdict === 'fail' ? 'bad' : undefined}>
            <strong>{outputLine(output, input, 160)}</strong>
            {confidence !== null && <span class="quiet"> {formatPercent(confidence)}</span>}
          </dd>
        </div>
        {soFar !== null && output !== null && (
          <div>
            <dt>{soFar.ofLabel ? 'Such answers were right' : 'Answers were right'}</dt>
            <dd>{soFar.words}</dd>
          </div>
        )}
        {expected !== null && outputKey(expected) !== outputKey(output) && (
          <div>
            <dt>Said to be right</dt>
            <dd class="good">{outputLine(expected, input, 160)}</dd>
          </div>
        )}
        <div>
          <dt>Answered</dt>
          <dd>{formatInstant(at)}</dd>
        </div>
        <div>
          <dt>Trace</dt>
          <dd class="id">{shownName(card.traceId, 40)}</dd>
        </div>
      </dl>
      {children}
      <Said of={card} />
      {reviewsWanted > 1 && (
        <p class="quiet small">
          {new Set(card.reviews.map(({ reviewer }) => reviewer)).size} of {reviewsWanted} people have judged it.
        </p>
      )}
    </section>
  );
}

/** What was said of a card so far, and why it is here, in words. */
function Said({ of: { judges, why, input } }: { of: ReviewCard }) {
  return (
    <div class="said small">
      {why.length > 0 && (
        <>
          <h3>Why it is here</h3>
          <ul>
            {why.map(({ kind, text }) => (
              <li key={kind}>{shownLine(text, 300)}</li>
            ))}
          </ul>
        </>
      )}
      {judges.length > 0 && (
        <>
          <h3>Said of it so far</h3>
          <ul>
            {judges.map(({ kind, id, verdict, expected, reason }, at) => (
              <li key={at}>
                <strong>{shownName(id, 40)}</strong> <span class="quiet">({kind})</span>:{' '}
                {verdict === null ? (
                  ''
                ) : verdict === 'pass' ? (
                  <span class="good">right</span>
                ) : (
                  <span class="bad">wrong</span>
                )}
                {expected !== null && `, it is ${outputLine(expected, input, 80)}`}
                {reason !== '' && <span class="quiet">. {shownLine(reason, 300)}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface ChoicesProps {
  readonly card: ReviewCard;
  readonly choices: readonly Choice[];
  readonly pick: (choice: Choice) => void;
  readonly accept: () => void;
  readonly reject: () => void;
  readonly correct: () => void;
  readonly defer: () => void;
}

/** What can be said of a card, with the key of each. */
export function Choices({ card, choices, pick, accept, reject, correct, defer }: ChoicesProps) {
  const own = outputKey(card.output);
  return (
    <>
      {choices.length > 0 && (
        <ol class="choices" aria-label="What it could be">
          {choices.map((choice, at) => (
            <li key={outputKey(choice.output)}>
              <button type="button" aria-keyshortcuts={String(at + 1)} onClick={() => pick(choice)}>
                <kbd>{at + 1}</kbd> {outputLine(choice.output, card.input, 90)}
                <span class="quiet small">
                  {choice.share !== null && ` ${formatPercent(choice.share, 0)}`}
                  {outputKey(choice.output) === own ? ' as answered' : fromWords(choice)}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      <p class="controls">
        <button type="button" class="primary" onClick={accept} disabled={card.output === null}>
          Right <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={reject}>
          Wrong <kbd>x</kbd>
        </button>
        <button type="button" onClick={correct}>
          Correct … <kbd>c</kbd>
        </button>
        <button type="button" onClick={defer}>
          Later <kbd>d</kbd>
        </button>
      </p>
    </>
  );
}

function fromWords({ from, share }: Choice): string {
  return from === '' || share !== null ? '' : ` ${shownName(from, 30)}`;
}
