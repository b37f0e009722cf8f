import { useEffect } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatInstant } from '../../shared/loop/report/format.ts';
import type { ReviewActions, ReviewAgreement } from '../../shared/serving/review-messages.ts';
import { modelPath } from '../api/client.ts';
import { type Resource, useResource } from '../api/use-resource.ts';
import { Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { shownName } from '../text.ts';
import { outputLine } from './outputs.ts';

interface PeoplePanelProps {
  readonly model: string;
  readonly reviewer: string;
  readonly agreement: Resource<ReviewAgreement>;
  /** Changes whenever something was done. */
  readonly turn: number;
  readonly undo: (actionId: string) => void;
}

/** How far people agree, who did what, and every action with a way back. */
export function PeoplePanel({ model, reviewer, agreement, turn, undo }: PeoplePanelProps) {
  const actions = useResource<ReviewActions>(`${modelPath(model, 'review', 'actions')}?limit=100`);
  useEffect(() => {
    actions.reload();
  }, [turn]);
  return (
    <div class="grid">
      <section class="panel" aria-labelledby="agreement">
        <h2 id="agreement">People and agreement</h2>
        <Loaded of={agreement}>{(found) => <AgreementView of={found} />}</Loaded>
      </section>
      <section class="panel" aria-labelledby="actions">
        <h2 id="actions">What was done</h2>
        <Loaded of={actions}>{(found) => <ActionTable of={found} reviewer={reviewer} undo={undo} />}</Loaded>
      </section>
    </div>
  );
}

function AgreementView({ of: { pairs, reviewers, reviewsWanted, waitingForSecond } }: { of: ReviewAgreement }) {
  return (
    <>
      <p class="quiet">
        {reviewsWanted === 1
          ? 'One person judges each card. The setting reviewsWanted asks for more.'
          : `${formatCount(reviewsWanted)} people judge each card; ${plural(waitingForSecond, 'trace waits', 'traces wait')} for another.`}
      </p>
      {pairs.length > 0 && (
        <Table
          caption="Agreement of each two people, Cohen’s κ with its 95 % interval"
          columns={[
            'People',
            { title: 'Traces', number: true },
            { title: 'κ', number: true },
            { title: '95 %', number: true },
          ]}
          rows={pairs.map(({ a, b, n, kappa, interval }) => [
            `${shownName(a, 24)} and ${shownName(b, 24)}`,
            formatCount(n),
            kappa === null ? 'not defined' : kappa.toFixed(2),
            interval === null ? '' : `${interval.lower.toFixed(2)} to ${interval.upper.toFixed(2)}`,
          ])}
        />
      )}
      {reviewers.length > 0 && (
        <Table
          caption="Who did what"
          columns={[
            'Person',
            ...['Traces', 'Corrected', 'Right', 'Later', 'Undone'].map((title) => ({ title, number: true })),
          ]}
          rows={reviewers.map(({ reviewer, judged, corrected, accepted, deferred, undone }) => [
            shownName(reviewer, 30),
            ...[judged, corrected, accepted, deferred, undone].map(formatCount),
          ])}
        />
      )}
    </>
  );
}

const kindWords = { accept: 'right', correct: 'corrected', reject: 'wrong', defer: 'later' } as const;

interface ActionTableProps {
  readonly of: ReviewActions;
  readonly reviewer: string;
  readonly undo: (actionId: string) => void;
}

function ActionTable({ of: { actions }, reviewer, undo }: ActionTableProps) {
  if (actions.length === 0) return <p class="quiet">Nothing yet.</p>;
  return (
    <Table
      caption="Actions, the latest first"
      captionUnseen
      columns={['What', 'Who', { title: 'Traces', number: true }, { title: 'Carried over', number: true }, 'When', '']}
      rows={actions.map((action) => [
        <span key="what">
          {kindWords[action.kind]}
          {action.expected !== null && `: ${outputLine(action.expected, '', 40)}`}
        </span>,
        shownName(action.reviewer, 30),
        formatCount(action.judged),
        formatCount(action.propagated),
        formatInstant(action.at),
        action.undone ? (
          <span class="quiet">undone</span>
        ) : action.reviewer === reviewer ? (
          <button
            type="button"
            aria-label={`Undo: ${kindWords[action.kind]}, ${formatInstant(action.at)}`}
            onClick={() => undo(action.actionId)}
          >
            Undo
          </button>
        ) : (
          ''
        ),
      ])}
    />
  );
}
