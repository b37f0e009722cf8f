import { RatchetError } from '../domain/base/errors.ts';
import type { Trace } from '../domain/traces/trace.ts';
import { calibratedConfidence } from '../operations/calibrated-confidence.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import type { Prediction } from '../ports/predictor.ts';
import type { TraceJournal } from '../ports/trace-journal.ts';
import { storable } from './answered-trace.ts';
import type { PredictionRequest, ServedPrediction } from './messages.ts';
import { type Answering, drawAnswering, type ServedModel, waitingOf } from './served-models.ts';

/** More inputs of a model that wait are refused: who asks is told to come again, rather than kept waiting. */
const mostWaiting = 20_000;

/**
 * Answers inputs with a model's champion. Each answer has a trace id once its trace is kept, and not before.
 * @returns null where too many wait already
 * @throws RatchetError StorageFailure where the traces cannot be kept
 */
export async function answerInputs(
  inputs: readonly string[],
  request: PredictionRequest,
  served: ServedModel,
  journal: TraceJournal | null,
  ports: Pick<Ports, 'clock' | 'ids' | 'tasks' | 'detectors'>,
  lot: () => number = Math.random,
): Promise<readonly ServedPrediction[] | null> {
  const { model } = served;
  if (waitingOf(served) + inputs.length > mostWaiting) return null;
  const answering = inputs.map(() => drawAnswering(served, lot));
  const predictions = await ask(inputs, answering, request.topK ?? 1);
  const timestamp = new Date(ports.clock.now()).toISOString();
  const traces = predictions.map((prediction, at): Trace | null => {
    const input = inputs[at] ?? '';
    if (journal === null || !request.record || input.trim() === '') return null;
    const trace: Trace = {
      traceId: ports.ids.next('trace'),
      timestamp,
      modelId: model.modelId,
      checkpointId: (answering[at] ?? served).checkpoint.checkpointId,
      input,
      output: prediction.output,
      confidence: prediction.confidence,
      ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    };
    return storable(trace, model, ports);
  });
  const kept = traces.filter((trace) => trace !== null);
  if (kept.length > 0) await journal?.append(kept.map((trace) => ({ kind: 'trace', trace })));
  const kind = kindOf(model, ports);
  return predictions.map((prediction, at) => {
    const { calibration, checkpoint } = answering[at] ?? served;
    const { checkpointId } = checkpoint;
    const other = checkpointId === served.checkpoint.checkpointId ? {} : { checkpoint: checkpointId };
    const told = shown(prediction, traces[at]?.traceId ?? null, request);
    return { ...told, ...calibratedConfidence(prediction, calibration, kind), ...other };
  });
}

/** Each input is answered by what is drawn for it; those of one checkpoint go together. */
async function ask(
  inputs: readonly string[],
  answering: readonly Answering[],
  alternatives: number,
): Promise<readonly Prediction[]> {
  const groups = [...Map.groupBy(inputs.keys(), (at) => answering[at])];
  const parts = groups.map(async ([by, places]) => {
    const asked = places.map((at) => inputs[at] ?? '');
    const answers = (await by?.answers.ask(asked, alternatives)) ?? [];
    if (answers.length !== asked.length) {
      throw new RatchetError('CorruptArtifact', 'The back end did not answer every input.');
    }
    return answers.map((answer, at) => [places[at] ?? 0, answer] as const);
  });
  const placed = (await Promise.all(parts)).flat();
  return placed.sort(([a], [b]) => a - b).map(([, answer]) => answer);
}

function shown(
  { output, confidence, alternatives }: Prediction,
  traceId: string | null,
  { topK, abstainBelow }: PredictionRequest,
): ServedPrediction {
  const abstained = output !== null && abstainBelow !== undefined && confidence < abstainBelow;
  return {
    traceId,
    output: abstained ? null : output,
    confidence,
    ...(topK === undefined ? {} : { alternatives: alternatives.slice(0, topK) }),
    ...(abstainBelow === undefined ? {} : { abstained, wouldBe: abstained ? output : null }),
  };
}
