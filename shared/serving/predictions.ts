import { RatchetError } from '../domain/base/errors.ts';
import type { Trace } from '../domain/traces/trace.ts';
import type { Ports } from '../ports/ports.ts';
import type { Prediction } from '../ports/predictor.ts';
import type { TraceJournal } from '../ports/trace-journal.ts';
import { storable } from './answered-trace.ts';
import type { PredictionRequest, ServedPrediction } from './messages.ts';
import type { ServedModel } from './served-models.ts';

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
  { model, checkpoint, answers }: ServedModel,
  journal: TraceJournal | null,
  ports: Pick<Ports, 'clock' | 'ids' | 'tasks' | 'detectors'>,
): Promise<readonly ServedPrediction[] | null> {
  if (answers.waiting + inputs.length > mostWaiting) return null;
  const predictions = await answers.ask(inputs, request.topK ?? 1);
  if (predictions.length !== inputs.length) {
    throw new RatchetError('CorruptArtifact', 'The back end did not answer every input.');
  }
  const timestamp = new Date(ports.clock.now()).toISOString();
  const traces = predictions.map((prediction, at): Trace | null => {
    const input = inputs[at] ?? '';
    if (journal === null || !request.record || input.trim() === '') return null;
    const trace: Trace = {
      traceId: ports.ids.next('trace'),
      timestamp,
      modelId: model.modelId,
      checkpointId: checkpoint.checkpointId,
      input,
      output: prediction.output,
      confidence: prediction.confidence,
      ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    };
    return storable(trace, model, ports);
  });
  const kept = traces.filter((trace) => trace !== null);
  if (kept.length > 0) await journal?.append(kept.map((trace) => ({ kind: 'trace', trace })));
  return predictions.map((prediction, at) => shown(prediction, traces[at]?.traceId ?? null, request));
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
