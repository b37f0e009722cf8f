import { useState } from 'preact/hooks';
import type { z } from 'zod';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatPercent } from '../../shared/loop/report/format.ts';
import type { calibrationResponseSchema } from '../../shared/serving/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { ReliabilityChart } from '../charts/reliability.tsx';
import { Sparkline } from '../charts/sparkline.tsx';
import type { PageProps } from '../page-props.ts';
import { Figure } from '../parts/figures.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../route.ts';
import { shownName } from '../text.ts';

type CalibrationAnswer = z.infer<typeof calibrationResponseSchema>;

/** Whether a champion's confidences mean what they say: for all answers, and by label. */
export function CalibrationPage({ model }: PageProps) {
  const calibration = useResource<CalibrationAnswer>(modelPath(model, 'calibration'), 30_000);
  return (
    <>
      <h1>Calibration</h1>
      <Loaded of={calibration}>
        {(found) =>
          found.overall === null ? (
            <Empty>
              <p>
                The champion’s confidences are not calibrated: no run that ended with it had enough judged answers. They
                are told as the model gives them.
              </p>
            </Empty>
          ) : (
            <Reliability model={model} of={found} />
          )
        }
      </Loaded>
    </>
  );
}

function Reliability({ model, of }: { model: string; of: CalibrationAnswer }) {
  const [label, setLabel] = useState('');
  const { overall, classEce, labels, history } = of;
  const chosen = labels.find((one) => one.label === label);
  const figure = chosen !== undefined && 'ece' in chosen ? chosen : overall;
  if (figure === null) return null;
  return (
    <>
      <p>
        How often an answer is right that is given with so much confidence. Each is calibrated by other answers than
        itself, and was given by a model that had not seen its trace.
      </p>
      <section class="panel" aria-labelledby="reliability">
        <h2 id="reliability">Reliability</h2>
        <p class="controls">
          <label for="label">Of</label>
          <select id="label" value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
            <option value="">all answers</option>
            {labels
              .filter((one) => 'ece' in one)
              .map((one) => (
                <option key={one.label} value={one.label}>
                  {shownName(one.label, 60)}
                </option>
              ))}
          </select>
        </p>
        <dl class="figures">
          <Figure
            name="Error, calibrated"
            value={formatPercent(figure.ece)}
            note={`${formatPercent(figure.rawEce)} as the model gives them`}
          />
          <Figure
            name="Right"
            value={formatPercent(figure.accuracy)}
            note={`${(100 * figure.interval.lower).toFixed(1)}–${formatPercent(figure.interval.upper)}`}
          />
          <Figure name="Mean confidence" value={formatPercent(figure.confidence)} />
          <Figure name="Answers" value={formatCount(figure.n)} />
          {classEce !== null && <Figure name="Mean error of labels" value={formatPercent(classEce)} />}
        </dl>
        <ReliabilityChart title={label === '' ? 'All answers' : shownName(label, 60)} of={figure} />
      </section>
      <div class="grid wide-first">
        <section class="panel" aria-labelledby="labels">
          <h2 id="labels">By label</h2>
          <Table
            caption="By what was answered; no figures of fewer than 20 answers"
            columns={[
              'Label',
              { title: 'Answers', number: true },
              { title: 'Confidence', number: true },
              { title: 'Right', number: true },
              { title: 'Error', number: true },
            ]}
            rows={labels.map((one) =>
              'ece' in one
                ? [
                    shownName(one.label, 40),
                    formatCount(one.n),
                    formatPercent(one.confidence),
                    `${formatPercent(one.accuracy)} (${(100 * one.interval.lower).toFixed(1)}–${formatPercent(one.interval.upper)})`,
                    formatPercent(one.ece),
                  ]
                : [shownName(one.label, 40), formatCount(one.n), '', 'too few to tell', ''],
            )}
          />
        </section>
        <section class="panel" aria-labelledby="history">
          <h2 id="history">Over the runs</h2>
          <Sparkline points={history.map(({ ece, runId }) => ({ value: ece, label: runId }))} />
          <Table
            caption={`Of the champion after each of ${plural(history.length, 'run')}`}
            columns={['Run', { title: 'Error', number: true }, { title: 'Answers', number: true }]}
            rows={history.toReversed().map(({ runId, ece, n }) => [
              <a key={runId} href={linkTo(model, 'runs', runId)}>
                {shownName(runId, 30)}
              </a>,
              formatPercent(ece),
              formatCount(n),
            ])}
          />
        </section>
      </div>
    </>
  );
}
