import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { humanise } from '../../shared/loop/report/plain-words.ts';
import type { Transcript, TranscriptSummary } from '../../shared/operations/transcript.ts';
import type { TranscriptList } from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { TraceText } from '../parts/example.tsx';
import { Figure } from '../parts/figures.tsx';
import { Loaded } from '../parts/states.tsx';
import { linkTo } from '../route.ts';
import { shownLine, shownName, shownText } from '../text.ts';

/** The agents that worked in a run, and how each came out. Nothing where there were none. */
export function AgentList({ model, run }: { model: string; run: string }) {
  const list = useResource<TranscriptList>(modelPath(model, 'runs', run, 'transcripts'), 10_000);
  if (list.data?.transcripts.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="agents">
      <h2 id="agents">Agents</h2>
      <Loaded of={list}>
        {({ transcripts }) => (
          <ul class="moves">
            {transcripts.map((one) => (
              <li key={one.folder}>
                <a href={linkTo(model, 'runs', run, 'agents', one.folder)}>{shownName(one.agentId, 80)}</a>{' '}
                <Ending of={one} />
                <p class="quiet small">
                  {humanise(one.role)} · {plural(one.usage.turns, 'turn')} · {formatCount(one.usage.outputTokens)}{' '}
                  tokens out
                </p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Ending({ of }: { of: TranscriptSummary }) {
  if (of.why === 'working') return <span class="tag now">at work</span>;
  return <span class={`tag ${of.counts ? 'good' : 'warn'}`}>{of.counts ? 'counts' : humanise(of.why)}</span>;
}

/** What an agent said, did and proposed, turn by turn. Its texts come from models and traces. */
export function TranscriptPage({ model, run, agent }: { model: string; run: string; agent: string }) {
  const transcript = useResource<Transcript>(modelPath(model, 'runs', run, 'transcripts', agent), 5_000);
  return (
    <>
      <p class="crumb">
        <a href={linkTo(model, 'runs')}>Runs</a> / <a href={linkTo(model, 'runs', run)}>{shownName(run, 40)}</a>
      </p>
      <h1>Transcript</h1>
      <Loaded of={transcript}>{(found) => <Turns of={found} />}</Loaded>
    </>
  );
}

function Turns({ of }: { of: Transcript }) {
  return (
    <>
      <section class="panel lead" aria-labelledby="agent">
        <h2 id="agent">
          <Ending of={of} /> {shownName(of.agentId, 80)}
        </h2>
        {of.detail !== '' && <p>{shownText(of.detail)}</p>}
        <dl class="figures">
          <Figure
            name="Role"
            value={humanise(of.role)}
            note={of.model === null ? undefined : shownName(of.model, 60)}
          />
          <Figure name="Turns" value={formatCount(of.usage.turns)} />
          <Figure name="Tokens in" value={formatCount(of.usage.inputTokens)} />
          <Figure name="Tokens out" value={formatCount(of.usage.outputTokens)} />
          <Figure name="US dollars" value={(of.usage.microUsd / 1_000_000).toFixed(4)} />
          <Figure name="Refused" value={formatCount(of.refused)} note="calls and parts of proposals" />
        </dl>
        {of.decisions.map((decision) => (
          <p key={decision}>{shownText(decision)}</p>
        ))}
      </section>
      <ol class="turns">
        {of.turns.map((turn) => (
          <li key={turn.turn} class="panel">
            <h3>Turn {formatCount(turn.turn)}</h3>
            {turn.dropped > 0 && <p class="quiet small">{plural(turn.dropped, 'older turn')} dropped from its view.</p>}
            {turn.text !== '' && <TraceText text={turn.text} />}
            {turn.calls.map((call, at) => (
              <details key={`${at} ${call.name}`}>
                <summary>
                  {shownLine(call.name, 60)} {call.failed && <span class="bad">failed</span>}
                </summary>
                <pre>{shownText(call.arguments)}</pre>
                {call.result !== null && <pre>{shownText(call.result)}</pre>}
              </details>
            ))}
            {turn.note !== null && <p class="quiet small">{shownText(turn.note)}</p>}
          </li>
        ))}
      </ol>
      {of.leftOut > 0 && <p class="quiet">{plural(of.leftOut, 'further turn')} not shown.</p>}
    </>
  );
}
