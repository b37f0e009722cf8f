import { describe, expect, test } from 'vitest';
import { absentPort } from '../../../../functions/_middleware/absent-port.ts';
import { readEnvironment, readStateMachineArn } from '../../../../functions/_middleware/environment.ts';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import type { TraceLog } from '../../../../shared/ports/trace-log.ts';

const env = { RATCHET_TRACE_BUCKET: 'traces', RATCHET_ARTIFACT_BUCKET: 'artifacts', RATCHET_TABLE: 'lineage' };

describe('the ports of a function', () => {
  test('that it was built without fail when they are used, and say what is missing', () => {
    const traceLog = absentPort<TraceLog>('traceLog', 'withTraceLog');
    expect(() => traceLog.version('m1')).toThrow(/traceLog\.version .*withTraceLog/);
  });
});

describe('the environment of a function', () => {
  test('is read, whatever else is in it', () => {
    expect(readEnvironment({ ...env, PATH: '/bin' })).toEqual(env);
  });

  test.each(Object.keys(env))('without %s is a fault that names it', (name) => {
    try {
      readEnvironment({ ...env, [name]: '' });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RatchetError);
      expect(String(error)).toContain(name);
    }
  });

  test('names the state machine by its ARN', () => {
    const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:loop';
    expect(readStateMachineArn({ RATCHET_STATE_MACHINE_ARN: arn })).toBe(arn);
    expect(() => readStateMachineArn({ RATCHET_STATE_MACHINE_ARN: 'loop' })).toThrow('RATCHET_STATE_MACHINE_ARN');
  });
});
