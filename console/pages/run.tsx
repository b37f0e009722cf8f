import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatDuration, formatPoints, formatPValue } from '../../shared/loop/report/format.ts';
import { humanise } from '../../shared/loop/report/plain-words.ts';
import type {
  GateMessage,
  LoopGraph,
  RunDetail,
  RunProgress,
  RunReport,
} from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { NetGainChart } from '../charts/net-gain.tsx';
import { RatesChart } from '../charts/rates.tsx';
import { Example } from '../parts/example.tsx';
import { Decision, Figure, Moment, percentOr } from '../parts/figures.tsx';
import { RunGraph } from '../parts/run-graph.tsx';
import { Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../route.ts';
import { shortId, shownLine, shownName, shownText } from '../text.ts';
import { AgentList } from './transcripts.tsx';

/** One run: how far it is while it works, then what was decided and by what evidence. */
export function RunPage({ model, run }: { model: string; run: string }) {
  const graph = useResource<LoopGraph>('/v1/loop');
  const progress = useResource<RunProgress>(modelPath(model, 'runs', run, 'progress'), 1_500);
  const status = progress.data?.run.status ?? null;
  const isOver = status !== null && status !== 'running';
  const detail = useResource<RunDetail>(isOver ? modelPath(model, 'runs', run) : null);
  return (
    <>
      <p class="crumb">
        <a href={linkTo(model, 'runs')}>Runs</a>
      </p>
      <h1 class="id">{shownName(run, 60)}</h1>
      <Loaded of={progress}>
        {(far) => (
          <>
            {isOver ? (
              <Loaded of={detail}>{(found) => <Ended model={model} of={found} />}</Loaded>
            ) : (
              <p role="status">
                <Decision run={far.run} /> Begun <Moment at={far.run.startedAt} />
                {far.turn > 1 && `, in turn ${far.turn}`}.
              </p>
            )}
            <section class="panel" aria-labelledby="stages">
              <h2 id="stages">The loop</h2>
              {graph.data !== null && <RunGraph graph={graph.data} progress={far} />}
            </section>
            <AgentList model={model} run={run} />
            {detail.data?.report != null && <Regressed examples={detail.data.report.regressed} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Ended({ model, of: { run, champions, failure, report } }: { model: string; of: RunDetail }) {
  return (
    <>
      <section class="panel lead" aria-labelledby="decision">
        <h2 id="decision">
          <Decision run={run} /> {shownLine(report?.headline ?? run.reason ?? '', 500)}
        </h2>
        {report?.why != null && <p>The champion stays. {shownText(report.why)}</p>}
        {failure !== null && (
          <p>
            <strong>{shownLine(failure.name)}.</strong> {shownText(failure.mend)}
          </p>
        )}
        {report !== null && report.nextSteps.length > 0 && (
          <>
            <h3>What to do next</h3>
            <ol>
              {report.nextSteps.map((step) => (
                <li key={step}>{shownText(step)}</li>
              ))}
            </ol>
          </>
        )}
        <dl class="figures">
          <Figure
            name="Began"
            value={<Moment at={run.startedAt} />}
            note={formatDuration(run.startedAt, run.finishedAt)}
          />
          {report !== null && (
            <Figure
              name="Traces read"
              value={formatCount(report.traffic.traces)}
              note={plural(report.traffic.failures, 'failure')}
            />
          )}
          {report !== null && <Figure name="Candidates" value={formatCount(report.candidates.length)} />}
          <Figure
            name="Champion"
            value={<span class="id">{shortId(champions.after ?? champions.before)}</span>}
            note={
              champions.after === champions.before || champions.after === null
                ? 'stayed'
                : `before ${shortId(champions.before)}`
            }
          />
        </dl>
      </section>
      {report === null ? (
        <p class="quiet">
          {run.status === 'finished'
            ? 'The files of its stages are gone; what it decided is above.'
            : 'It left no report.'}
        </p>
      ) : (
        <Evidence model={model} report={report} />
      )}
    </>
  );
}

function Evidence({ model, report }: { model: string; report: RunReport }) {
  const { gate, words } = report;
  return (
    <>
      {report.evidence.length > 0 && gate === null && <EvidenceSoFar report={report} />}
      {report.figures.length > 0 && (
        <section class="panel" aria-labelledby="figures">
          <h2 id="figures">Before and after</h2>
          <RatesChart
            title="Share right, before and after"
            rows={report.figures.map(({ title, before, after }) => ({ name: title, before, after }))}
            what="Each trace answered by a model that has not seen it."
          />
        </section>
      )}
      {gate !== null && <Gate gate={gate} words={words} />}
      {report.facets.length > 1 && (
        <section class="panel" aria-labelledby="facets">
          <h2 id="facets">By {words.facet}</h2>
          <RatesChart
            title={`Recall by ${words.facet}`}
            rows={worstFirst(report.facets)
              .slice(0, shownFacets)
              .map(({ facet, before, after }) => ({ name: shownName(facet, 40), before, after }))}
            what={report.facets.length > shownFacets ? `The ${shownFacets} that change most.` : 'Recall.'}
          />
        </section>
      )}
      <div class="grid two">
        {report.candidates.length > 0 && <Candidates model={model} report={report} />}
        {report.triage.length > 0 && <Triage report={report} />}
      </div>
    </>
  );
}

const shownExamples = 5;

/** What was right on record, and is wrong under the candidate decided on. */
function Regressed({ examples }: { examples: RunReport['regressed'] }) {
  if (examples.length === 0) return null;
  const rest = examples.slice(shownExamples);
  return (
    <section class="panel" aria-labelledby="regressed">
      <h2 id="regressed">What the candidate loses</h2>
      <p class="quiet">Right on record, and wrong under the candidate decided on.</p>
      {examples.slice(0, shownExamples).map((example) => (
        <Example key={example.traceId} of={example} />
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{plural(rest.length, 'further one')}</summary>
          {rest.map((example) => (
            <Example key={example.traceId} of={example} />
          ))}
        </details>
      )}
    </section>
  );
}

const shownFacets = 12;

function worstFirst(facets: RunReport['facets']): RunReport['facets'] {
  const change = ({ before, after }: RunReport['facets'][number]) =>
    before.of === 0 || after.of === 0 ? 0 : Math.abs(after.right / after.of - before.right / before.of);
  return facets.toSorted((a, b) => change(b) - change(a));
}

function EvidenceSoFar({ report }: { report: RunReport }) {
  return (
    <section class="panel" aria-labelledby="evidence">
      <h2 id="evidence">Evidence</h2>
      <p>The run ended before there was a candidate to weigh.</p>
      <Table
        caption="What there is, and what is needed"
        captionUnseen
        columns={['', { title: 'There is', number: true }, { title: 'Needed', number: true }]}
        rows={report.evidence.map(({ name, have, need }) => [humanise(name), formatCount(have), formatCount(need)])}
      />
    </section>
  );
}

function Gate({ gate, words }: { gate: GateMessage; words: RunReport['words'] }) {
  return (
    <section class="panel" aria-labelledby="gate">
      <h2 id="gate">The gate</h2>
      <ul class="rules">
        {gate.rules.map(({ rule, title, passed, detail }) => (
          <li key={rule} class={passed ? 'passed' : 'failed'}>
            <span class={`mark ${passed ? 'good' : 'bad'}`}>{passed ? '✓ Passed' : '✗ Failed'}</span>
            <div>
              <strong>{title}</strong>
              <p>{shownText(detail)}</p>
            </div>
          </li>
        ))}
      </ul>
      <div class="grid two">
        <div>
          <h3>Net gain</h3>
          <p>
            Of {plural(gate.groups, 'judged trace')}, near-duplicates counted once, only the candidate has{' '}
            <strong>{formatCount(gate.gained)}</strong> right and only the champion{' '}
            <strong>{formatCount(gate.lost)}</strong>. Were both equally good, so large a gain would have the
            probability p {gate.pValue < 0.0001 ? '' : '= '}
            {formatPValue(gate.pValue)} ({gate.test}).
          </p>
          {gate.groups > 0 && <NetGainChart gate={gate} />}
        </div>
        <div>
          <h3>Memory</h3>
          {gate.memory.length === 0 ? (
            <p class="quiet">No earlier promotion is on record, so there is nothing to forget.</p>
          ) : (
            <Table
              caption="Records of earlier promotions, under the candidate"
              columns={[
                'Of',
                { title: 'Right on record', number: true },
                { title: 'Lost', number: true },
                { title: 'Gained', number: true },
                { title: 'Allowed net', number: true },
              ]}
              rows={gate.memory.map((one) => [
                one.title,
                formatCount(one.right),
                formatCount(one.lost),
                formatCount(one.gained),
                formatCount(one.allowed),
              ])}
            />
          )}
          <h3>{humanise(words.facets)} that lose more than they gain</h3>
          {gate.fallen.length === 0 ? (
            <p class="quiet">None.</p>
          ) : (
            <Table
              caption="p: of the exact test that its recall falls, by Holm over all of them"
              columns={[
                humanise(words.facet),
                { title: 'Records', number: true },
                { title: 'Gained', number: true },
                { title: 'Lost', number: true },
                { title: 'p', number: true },
                '',
              ]}
              rows={gate.fallen.slice(0, 30).map((one) => [
                shownName(one.facet, 40),
                formatCount(one.records),
                formatCount(one.gained),
                formatCount(one.lost),
                formatPValue(one.pValue),
                <span key="proven" class={one.proven ? 'bad' : 'quiet'}>
                  {one.proven ? 'proven' : 'may be chance'}
                </span>,
              ])}
            />
          )}
        </div>
      </div>
    </section>
  );
}

function Candidates({ model, report }: { model: string; report: RunReport }) {
  return (
    <section class="panel" aria-labelledby="candidates">
      <h2 id="candidates">Candidates</h2>
      <Table
        caption="Scores out of fold, on the same records"
        columns={[
          'Candidate',
          { title: 'Turn', number: true },
          { title: 'Score', number: true },
          { title: 'Net gain', number: true },
          'Gate',
        ]}
        rows={[
          ...(report.championScore === null ? [] : [['The champion', '', percentOr(report.championScore), '', '']]),
          ...report.candidates.map((one) => [
            <>
              <span class="id">{shownName(one.candidate, 24)}</span>
              {one.candidate === report.decidedOn && <span class="tag now"> decided on</span>}
              <span class="quiet small block">
                {one.mode}, <a href={`${linkTo(model, 'curriculum', one.dataset)}`}>its curriculum</a>
              </span>
            </>,
            String(one.iteration),
            percentOr(one.score),
            formatPoints(one.net, 2),
            <span key="outcome" class={one.outcome === 'Passed' ? 'good' : 'quiet'}>
              {one.outcome}
            </span>,
          ]),
        ]}
      />
    </section>
  );
}

function Triage({ report }: { report: RunReport }) {
  return (
    <section class="panel" aria-labelledby="triage">
      <h2 id="triage">Triage</h2>
      <Table
        caption="What was kept, and what trains and decides nothing"
        columns={['Kind', { title: 'Traces', number: true }, 'For instance']}
        rows={report.triage.map(({ category, kind, count, example }) => [
          `${humanise(category)}${kind === category || kind === '' ? '' : `: ${humanise(kind).toLowerCase()}`}`,
          formatCount(count),
          <span key="example" class="small">
            {shownLine(example, 160)}
          </span>,
        ])}
      />
    </section>
  );
}
