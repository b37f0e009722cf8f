import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import type { Problem } from '../../shared/serving/messages.ts';
import type {
  ReviewActionResponse,
  ReviewAgreement,
  ReviewCard,
  ReviewUndoResponse,
} from '../../shared/serving/review-messages.ts';
import { ApiError, modelPath, postJson } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { type KeyBinding, useKeys } from '../keys.ts';
import { Empty, Loading, Trouble } from '../parts/states.tsx';
import { linkTo } from '../route.ts';
import { CardList } from './card-list.tsx';
import { CardView, Choices } from './card-view.tsx';
import { type Choice, choicesOf } from './choices.ts';
import { type Draft, draftOf, isPlain, judgedOf, judgedWhole } from './draft.ts';
import { Filters } from './filters.tsx';
import { LabelPicker } from './label-picker.tsx';
import { entitiesOf, outputKey, outputLine } from './outputs.ts';
import { PeoplePanel } from './people-panel.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { type Calibration, rightSoFar } from './right-so-far.ts';
import { SpanEditor } from './span-editor.tsx';
import { TextEditor } from './text-editor.tsx';
import { useClaim } from './use-claim.ts';
import { useQueue } from './use-queue.ts';

type Mode =
  | { readonly kind: 'browse' }
  | { readonly kind: 'pick' }
  | { readonly kind: 'edit' }
  /** Until it is known what a correction would go to: what is pressed meanwhile is not meant for the same card again. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'preview'; readonly draft: Draft };

type Act = 'accept' | 'correct' | 'reject' | 'defer';

interface Said {
  readonly kind: Act;
  readonly cards: readonly { readonly cardId: string; readonly traceIds: readonly string[] }[];
  readonly expected?: unknown;
  readonly propagate?: boolean;
}

/** How long somebody may press Enter for a correction that was entered without it. */
const graceMs = 800;
const browse: Mode = { kind: 'browse' };
const wait: Mode = { kind: 'wait' };
const nobody: ReadonlySet<string> = new Set();

interface WorkbenchProps {
  readonly model: string;
  readonly reviewer: string;
  readonly query: URLSearchParams;
}

/** The list of cards beside the one in focus, and all that is said of them. */
export function Workbench({ model, reviewer, query }: WorkbenchProps) {
  const filter = { label: query.get('label') ?? '', reason: query.get('reason') ?? '' };
  const hold = useQueue(model, reviewer, filter);
  const { queue } = hold;
  const [place, setPlace] = useState(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(nobody);
  const [anchor, setAnchor] = useState<number | null>(null);
  const [mode, setMode] = useState<Mode>(browse);
  const [told, setTold] = useState<{ readonly text: string; readonly canUndo: boolean }>({ text: '', canUndo: false });
  const [trouble, setTrouble] = useState<Problem | null>(null);
  const [people, setPeople] = useState(false);
  const [turn, setTurn] = useState(0);
  const agreement = useResource<ReviewAgreement>(modelPath(model, 'review', 'agreement'));
  const calibration = useResource<Calibration>(modelPath(model, 'calibration')).data;
  // A correction with which nothing goes brings the next card at once: the Enter that would have entered it is none for that.
  const unasked = useRef(0);
  // What is said goes to the server one after the other, so that undoing finds what came before.
  const saying = useRef<Promise<void>>(Promise.resolve());
  const latest = useRef(hold);
  latest.current = hold;

  const cards = queue?.cards ?? [];
  const at = Math.min(place, Math.max(0, cards.length - 1));
  const card = cards[at] ?? null;
  const heldBy = useClaim(model, reviewer, card?.cardId ?? null);
  const filterKey = `${filter.label} ${filter.reason}`;
  useEffect(() => {
    setPlace(0);
    setSelected(nobody);
    setMode(browse);
  }, [filterKey]);
  useEffect(() => agreement.reload(), [turn]);
  useEffect(() => {
    if (queue !== null && cards.length === 0 && queue.next !== null) hold.loadMore();
  }, [queue]);
  const isThere = queue !== null;
  useEffect(() => {
    const active = document.activeElement;
    const isIdle = active === null || active === document.body || active.tagName === 'MAIN';
    if (isThere && mode.kind === 'browse' && isIdle) document.getElementById('review-cards')?.focus();
  }, [isThere, mode.kind, cards.length === 0]);

  const say = (work: () => Promise<void>): void => {
    saying.current = saying.current.then(async () => {
      try {
        await work();
        setTrouble(null);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        setTrouble(error.problem);
        await latest.current.reload();
      }
      setTurn((before) => before + 1);
    });
  };

  const go = (to: number): void => {
    setPlace(Math.min(Math.max(to, 0), Math.max(0, cards.length - 1)));
    setAnchor(null);
    setMode(browse);
  };
  const toggle = (index: number): void => {
    const one = cards[index];
    if (one === undefined) return;
    const next = new Set(selected);
    if (!next.delete(one.cardId)) next.add(one.cardId);
    setSelected(next);
    setAnchor(index);
  };
  const extendTo = (index: number): void => {
    const to = Math.min(Math.max(index, 0), Math.max(0, cards.length - 1));
    const from = anchor ?? at;
    const range = cards.slice(Math.min(from, to), Math.max(from, to) + 1);
    setSelected(new Set([...selected, ...range.map(({ cardId }) => cardId)]));
    setAnchor(from);
    setPlace(to);
  };

  /** The cards that are selected; where none is, the one in focus. */
  const meant = (): readonly ReviewCard[] => {
    if (selected.size > 0) return cards.filter(({ cardId }) => selected.has(cardId));
    return card === null ? [] : [card];
  };

  const isBulk = selected.size > 1 || (selected.size === 1 && !selected.has(card?.cardId ?? ''));

  const act = (said: Said, more = ''): void => {
    if (said.cards.length === 0) return;
    const gone = new Set(said.cards.map(({ cardId }) => cardId));
    const remain = cards
      .filter(({ cardId }) => gone.has(cardId))
      .some(({ like, cardId }) => {
        const judged = said.cards.find((one) => one.cardId === cardId)?.traceIds.length ?? 0;
        return judged < like + 1;
      });
    setPlace(cards.slice(0, at).filter(({ cardId }) => !gone.has(cardId)).length);
    setSelected(nobody);
    setAnchor(null);
    setMode(browse);
    hold.drop(gone);
    const body = { reviewer, ...said, clientId: newId() };
    const input = cards.find(({ cardId }) => gone.has(cardId))?.input ?? '';
    say(async () => {
      const answer = await postJson<ReviewActionResponse>(modelPath(model, 'review', 'actions'), body);
      setTold({ text: `${toldOf(said, answer, input)}${more}`, canUndo: true });
      const isAll = latest.current.queue?.next === null;
      if (remain || answer.propagated > 0 || (said.kind === 'defer' && isAll)) await latest.current.reload();
    });
  };
  const judgeWhole = (kind: 'accept' | 'reject' | 'defer'): void => {
    if (mode.kind === 'wait') return;
    const chosen = meant().filter(({ output }) => kind !== 'accept' || output !== null);
    act({ kind, cards: chosen.map(judgedWhole) });
  };

  const correctTo = (expected: unknown): void => {
    if (mode.kind === 'wait') return;
    const chosen = meant();
    const [only] = chosen;
    if (only === undefined) return;
    if (chosen.length === 1 && outputKey(only.output) === outputKey(expected)) {
      act({ kind: 'accept', cards: [judgedWhole(only)] });
      return;
    }
    setMode(wait);
    say(async () => {
      const draft = await draftOf(model, queue?.task ?? '', chosen, expected).catch((error: unknown) => {
        setMode(browse);
        throw error;
      });
      if (isPlain(draft)) {
        unasked.current = performance.now() + graceMs;
        apply(draft, ' Nothing else is like it.');
      } else setMode({ kind: 'preview', draft });
    });
  };
  const apply = (draft: Draft, more = ''): void =>
    act({ kind: 'correct', cards: judgedOf(draft), expected: draft.expected, propagate: draft.propagate }, more);

  const undo = (actionId?: string): void =>
    say(async () => {
      try {
        const body = { reviewer, ...(actionId === undefined ? {} : { actionId }) };
        const undone = await postJson<ReviewUndoResponse>(modelPath(model, 'review', 'undo'), body);
        const now = await latest.current.reload();
        const back = now?.cards.findIndex(({ cardId }) => undone.cards.includes(cardId)) ?? -1;
        if (back >= 0) setPlace(back);
        setSelected(nobody);
        setMode(browse);
        setTold({ text: undoneOf(undone), canUndo: false });
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.title !== 'NothingToUndo') throw error;
        setTold({ text: 'There is nothing to undo.', canUndo: false });
      }
    });

  const task = queue?.task ?? '';
  const beginCorrection = (): void => {
    if (card === null || mode.kind === 'wait') return;
    if (task === 'classification') setMode({ kind: 'pick' });
    else if (!isBulk) setMode({ kind: 'edit' });
    else setTold({ text: 'These are corrected one by one. Esc selects none.', canUndo: false });
  };
  const choices = card === null || queue === null ? [] : choicesOf(card, queue.labels, task);
  const pick = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    if (isBulk && task === 'extraction') beginCorrection();
    else correctTo(choice.output);
  };

  const always: readonly KeyBinding[] = [
    { keys: 'f', does: 'to the filters', run: () => document.getElementById('review-reason')?.focus() },
    { keys: 'a', does: 'people, agreement, what was done', run: () => setPeople(!people) },
  ];
  const browsing: readonly KeyBinding[] = [
    { keys: 'j', does: 'the next card, also ↓', run: () => go(at + 1) },
    { keys: 'ArrowDown', does: '', run: () => go(at + 1) },
    { keys: 'k', does: 'the card before, also ↑', run: () => go(at - 1) },
    { keys: 'ArrowUp', does: '', run: () => go(at - 1) },
    { keys: 'PageDown', does: '', run: () => go(at + 8) },
    { keys: 'PageUp', does: '', run: () => go(at - 8) },
    { keys: 'Home', does: 'the first card', run: () => go(0) },
    { keys: 'End', does: 'the last card that is loaded', run: () => go(cards.length - 1) },
    { keys: 'Enter', does: 'it is right', run: () => performance.now() > unasked.current && judgeWhole('accept') },
    { keys: 'x', does: 'it is wrong, and nobody says what is right', run: () => judgeWhole('reject') },
    ...choices.map((_, index) => ({
      keys: String(index + 1),
      does: index === 0 ? 'it is the first that it could be, 2 the second, …' : '',
      run: () => pick(choices[index]),
    })),
    { keys: 'c', does: 'correct it: labels, entities or text, also /', run: beginCorrection },
    { keys: '/', does: '', run: beginCorrection },
    { keys: 'd', does: 'later: put it last', run: () => judgeWhole('defer') },
    { keys: 'u', does: 'undo, and again what was before', run: () => undo() },
    { keys: 'Space', does: 'select it for all of these at once', run: () => toggle(at) },
    { keys: 'Shift+ArrowDown', does: 'select on, downwards', run: () => extendTo(at + 1) },
    { keys: 'Shift+ArrowUp', does: 'select on, upwards', run: () => extendTo(at - 1) },
    { keys: 'Escape', does: 'select none', run: () => setSelected(nobody) },
  ];
  // A dialog that is open takes all keys itself.
  useKeys('Review', [...always, ...(mode.kind === 'browse' || mode.kind === 'pick' ? browsing : [])]);

  if (queue === null) {
    return hold.problem === null ? <Loading /> : <Trouble problem={hold.problem} retry={() => void hold.reload()} />;
  }
  const cancel = (): void => setMode(browse);
  const begun = card?.expected ?? card?.output ?? null;
  return (
    <>
      <Filters model={model} filter={filter} queue={queue} selected={selected.size} />
      {trouble !== null && <Trouble problem={trouble} retry={() => setTrouble(null)} />}
      {hold.problem !== null && <Trouble problem={hold.problem} retry={() => void hold.reload()} />}
      {card === null ? (
        <NothingLeft model={model} isFiltered={filterKey !== ' '} />
      ) : (
        <div class="workbench">
          <CardList
            cards={cards}
            reviewer={reviewer}
            at={at}
            selected={selected}
            onGo={go}
            onToggle={toggle}
            onExtend={extendTo}
            onEnd={hold.loadMore}
          />
          <CardView
            card={card}
            place={`${formatCount(at + 1)} of ${formatCount(queue.total)}`}
            soFar={calibration === null ? null : rightSoFar(calibration, card.output)}
            heldBy={heldBy}
            reviewsWanted={agreement.data?.reviewsWanted ?? 1}
            isEdited={mode.kind === 'edit' && task === 'extraction'}
          >
            {isBulk && (
              <p class="bulk">
                <strong>{plural(selected.size, 'card')} selected:</strong> what you say now is said of{' '}
                {selected.size === 1 ? 'it' : 'all of them'}.
              </p>
            )}
            {mode.kind === 'preview' ? (
              <PreviewPanel
                draft={mode.draft}
                change={(draft) => setMode({ kind: 'preview', draft })}
                apply={() => apply(mode.draft)}
                cancel={cancel}
              />
            ) : mode.kind === 'edit' && task === 'extraction' ? (
              <SpanEditor
                key={card.cardId}
                text={card.input}
                entities={entitiesOf(begun)}
                types={queue.labels}
                submit={correctTo}
                cancel={cancel}
              />
            ) : mode.kind === 'edit' ? (
              <TextEditor key={card.cardId} output={begun} submit={correctTo} cancel={cancel} />
            ) : (
              <>
                <Choices
                  card={card}
                  choices={choices}
                  pick={pick}
                  accept={() => judgeWhole('accept')}
                  reject={() => judgeWhole('reject')}
                  correct={beginCorrection}
                  defer={() => judgeWhole('defer')}
                />
                {mode.kind === 'wait' && (
                  <p class="looking quiet small" role="status">
                    Looking at what goes with it …
                  </p>
                )}
              </>
            )}
          </CardView>
        </div>
      )}
      {mode.kind === 'pick' && (
        <LabelPicker
          title="What it should be"
          labels={queue.labels}
          pick={correctTo}
          close={() => setMode((now) => (now.kind === 'pick' ? browse : now))}
        />
      )}
      <div class={told.text === '' ? 'told empty-told' : 'told'}>
        <p role="status" id="review-told">
          {told.text}
        </p>
        {told.canUndo && (
          <button type="button" onClick={() => undo()}>
            Undo <kbd>u</kbd>
          </button>
        )}
      </div>
      <p class="controls">
        <button type="button" aria-expanded={people} onClick={() => setPeople(!people)}>
          People and what was done <kbd>a</kbd>
        </button>
      </p>
      {people && <PeoplePanel model={model} reviewer={reviewer} agreement={agreement} turn={turn} undo={undo} />}
    </>
  );
}

function NothingLeft({ model, isFiltered }: { model: string; isFiltered: boolean }) {
  return (
    <Empty>
      <h2>Nothing is left to look at{isFiltered ? ' here' : ''}</h2>
      <p>
        {isFiltered ? (
          <a href={linkTo(model, 'review')}>All cards</a>
        ) : (
          <>
            What you said counts from the next run on. <a href={linkTo(model, 'runs')}>To the runs</a>
          </>
        )}
      </p>
    </Empty>
  );
}

function toldOf(
  { kind, cards, expected }: Said,
  { judged, propagated, deferred }: ReviewActionResponse,
  input: string,
): string {
  const traces = plural(judged, 'trace');
  switch (kind) {
    case 'accept':
      return `Right: ${traces}.`;
    case 'reject':
      return `Wrong: ${traces}.`;
    case 'defer':
      return `Later: ${plural(deferred, 'card')}, ${deferred === 1 ? 'it comes' : 'they come'} last.`;
    case 'correct': {
      const carried =
        propagated === 0
          ? ''
          : ` Carried over to ${plural(propagated, 'trace')} like ${cards.length === 1 && judged === 1 ? 'it' : 'them'}.`;
      return `Corrected to ${outputLine(expected, input, 80)}: ${traces}.${carried}`;
    }
  }
}

const undoneWords = { accept: 'right', correct: 'a correction', reject: 'wrong', defer: 'later' } as const;

function undoneOf({ kind, cards, judgements }: ReviewUndoResponse): string {
  const taken = judgements === 0 ? '' : `, ${plural(judgements, 'judgement')} taken back`;
  return `Undone: ${undoneWords[kind]} of ${plural(cards.length, 'card')}${taken}.`;
}

/** A name for an action, so that sending it twice does it once. */
function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).reduce((text, part) => `${text}${part.toString(36)}`, 'page-');
}
