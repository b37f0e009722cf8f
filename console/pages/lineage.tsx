import type { LineageMessage } from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { Moment, percentOr } from '../parts/figures.tsx';
import { measuredWords } from '../parts/measured.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { linkTo } from '../route.ts';
import { shortId, shownName, shownText } from '../text.ts';

type Checkpoint = LineageMessage['checkpoints'][number];

const moveWords = { create: 'Created', promote: 'Promoted', rollback: 'Rolled back' } as const;
const moveTones = { create: '', promote: 'good', rollback: 'warn' } as const;

/** The tree of a model's checkpoints with their scores, and every move of its champion. */
export function LineagePage({ model }: PageProps) {
  const lineage = useResource<LineageMessage>(modelPath(model, 'lineage'), 15_000);
  return (
    <>
      <h1>Lineage</h1>
      <Loaded of={lineage}>
        {(found) =>
          found.checkpoints.length === 0 ? (
            <Empty>
              <p>The model has no checkpoint yet.</p>
            </Empty>
          ) : (
            <div class="grid wide-first">
              <section class="panel" aria-labelledby="tree">
                <h2 id="tree">Checkpoints</h2>
                <p class="quiet small">Each under the champion that it was trained to replace.</p>
                <Branch model={model} parent={null} all={found.checkpoints} moves={found.moves} />
              </section>
              <section class="panel" aria-labelledby="moves">
                <h2 id="moves">Moves of the champion</h2>
                <ol class="moves">
                  {found.moves.toReversed().map((move) => (
                    <li key={`${move.at} ${move.to}`}>
                      <span class={`tag ${moveTones[move.kind]}`}>{moveWords[move.kind]}</span>{' '}
                      <span class="id">{shortId(move.to)}</span>
                      {move.from !== null && <span class="quiet"> from {shortId(move.from)}</span>}
                      <p>{shownText(move.reason)}</p>
                      <p class="quiet small">
                        <Moment at={move.at} />, by {shownName(move.by, 60)}
                      </p>
                    </li>
                  ))}
                </ol>
              </section>
            </div>
          )
        }
      </Loaded>
    </>
  );
}

interface BranchProps {
  readonly model: string;
  readonly parent: string | null;
  readonly all: readonly Checkpoint[];
  readonly moves: LineageMessage['moves'];
}

/** Children of a checkpoint; what was never served is folded, unless it is all that there is. */
function Branch({ model, parent, all, moves }: BranchProps) {
  const ids = new Set(all.map(({ checkpoint }) => checkpoint));
  const own = all.filter((one) =>
    parent === null ? one.parent === null || !ids.has(one.parent) : one.parent === parent,
  );
  if (own.length === 0) return null;
  const served = own.filter(({ wasChampion }) => wasChampion);
  const others = own.filter(({ wasChampion }) => !wasChampion);
  return (
    <>
      {served.length > 0 && (
        <ul class="tree">
          {served.map((one) => (
            <li key={one.checkpoint}>
              <Node model={model} of={one} moves={moves} />
              <Branch model={model} parent={one.checkpoint} all={all} moves={moves} />
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <details class="tried">
          <summary>
            {others.length} {others.length === 1 ? 'candidate that was' : 'candidates that were'} not promoted
          </summary>
          <ul class="tree">
            {others.map((one) => (
              <li key={one.checkpoint}>
                <Node model={model} of={one} moves={moves} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Node({ model, of, moves }: { model: string; of: Checkpoint; moves: LineageMessage['moves'] }) {
  const left = moves.find(({ kind, from }) => kind === 'rollback' && from === of.checkpoint);
  return (
    <div class={`checkpoint ${of.champion ? 'champion' : ''}`}>
      <span class="id">{shortId(of.checkpoint)}</span> {of.champion && <span class="tag good">Champion</span>}
      {left !== undefined && <span class="tag warn">Rolled back</span>}
      <span class="score">
        {percentOr(of.score?.value, 'not measured')}{' '}
        {of.score !== null && <span class="quiet small">{measuredWords[of.score.measuredBy]}</span>}
      </span>
      <span class="quiet small">
        <Moment at={of.createdAt} />
        {of.run !== null && (
          <>
            {' · '}
            <a href={linkTo(model, 'runs', of.run)}>its run</a>
          </>
        )}
        {' · '}
        <a href={linkTo(model, 'curriculum', of.dataset)}>its curriculum</a>
      </span>
      {left !== undefined && <span class="small">{shownText(left.reason)}</span>}
    </div>
  );
}
