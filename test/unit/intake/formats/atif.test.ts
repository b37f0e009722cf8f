import { describe, expect, test } from 'vitest';
import { atifFormat } from '../../../../shared/intake/formats/atif.ts';
import { detects, itemsOf } from './items-of.ts';

const steps = [
  { step_id: 1, source: 'system', message: 'You sort mail.' },
  { step_id: 2, timestamp: '2026-11-01T08:00:00Z', source: 'user', message: 'where is my parcel' },
  {
    step_id: 3,
    timestamp: '2026-11-01T08:00:01Z',
    source: 'agent',
    model_name: 'support',
    message: 'I look it up.',
    reasoning_content: 'A parcel is delivered.',
    tool_calls: [{ tool_call_id: 'c1', function_name: 'look_up', arguments: { order: 23 } }],
    observation: { results: [{ source_call_id: 'c1', content: 'on its way' }] },
  },
  { step_id: 4, timestamp: '2026-11-01T08:00:02Z', source: 'agent', message: 'delivery' },
];

function trajectory(fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    schema_version: 'ATIF-v1.6',
    session_id: 'session-1',
    agent: { name: 'sorter', version: '1.0.0', model_name: 'support' },
    steps,
    final_metrics: { total_steps: 4 },
    ...fields,
  };
}

describe('a trajectory', () => {
  test('is a trace from the first words of the user to the last of the agent', async () => {
    const { calls, items } = await itemsOf(atifFormat, JSON.stringify(trajectory(), null, 2));
    expect(items).toHaveLength(1);
    expect(calls[0]).toMatchObject({ line: 1, annotations: [] });
    expect(calls[0]?.fields).toEqual({
      traceId: 'session-1',
      timestamp: '2026-11-01T08:00:00Z',
      input: 'where is my parcel',
      output: 'delivery',
      steps: [
        { type: 'reasoning', output: 'A parcel is delivered.' },
        { type: 'message', name: 'agent', output: 'I look it up.' },
        { type: 'tool_call', name: 'look_up', input: { order: 23 } },
        { type: 'tool_result', name: 'look_up', output: 'on its way' },
      ],
      metadata: { agent: 'sorter', agentVersion: '1.0.0', model: 'support', system: 'You sort mail.' },
    });
  });

  test.each(['1.4', 'ATIF-v1.2', 'ATIF-v1.8'])('is recognised in version %s', async (schema_version) => {
    const document = trajectory({ schema_version });
    expect(detects(atifFormat, JSON.stringify(document))).toBe(true);
    expect((await itemsOf(atifFormat, [document])).calls).toHaveLength(1);
  });

  test('of parts has their texts', async () => {
    const parts = [
      {
        source: 'user',
        message: [
          { type: 'text', text: 'where is' },
          { type: 'image', source: {} },
          { type: 'text', text: 'it' },
        ],
      },
      { source: 'agent', message: [{ type: 'text', text: 'delivery' }] },
    ];
    const { calls } = await itemsOf(atifFormat, [trajectory({ steps: parts })]);
    expect(calls[0]?.fields).toMatchObject({ input: 'where is\nit', output: 'delivery' });
  });

  test('leaves out what was copied from another one', async () => {
    const copied = { source: 'user', message: 'an earlier question', is_copied_context: true };
    const { calls } = await itemsOf(atifFormat, [trajectory({ steps: [copied, ...steps] })]);
    expect(calls[0]?.fields.input).toBe('where is my parcel');
  });

  test('has its own id where a session has several', async () => {
    const { calls, passedOver } = await itemsOf(atifFormat, [
      trajectory({ trajectory_id: 'trajectory-7', subagent_trajectories: [trajectory({ session_id: 'sub' })] }),
    ]);
    expect(calls.map(({ fields }) => fields.traceId)).toEqual(['trajectory-7']);
    expect(passedOver).toEqual({ 'trajectories of subagents': 1 });
  });

  test('in which the agent said nothing has no answer', async () => {
    const { calls } = await itemsOf(atifFormat, [trajectory({ steps: steps.slice(0, 2) })]);
    expect(calls[0]?.fields).toMatchObject({ input: 'where is my parcel', output: null });
  });

  test('without a question is counted, without an id unreadable', async () => {
    const { passedOver, unreadable } = await itemsOf(atifFormat, [
      trajectory({ steps: steps.slice(3) }),
      trajectory({ session_id: null }),
    ]);
    expect(passedOver).toEqual({ 'trajectories without a message of the user': 1 });
    expect(unreadable.map(({ reason }) => reason)).toEqual(['a trajectory without a session_id']);
  });
});

test.each([
  [
    'around it',
    { trajectory: trajectory(), verifier_result: { rewards: { reward: 0.5 } }, finished_at: '2026-11-01T09:00:00Z' },
  ],
  ['in it', trajectory({ verifier_result: { rewards: { reward: 0.5 } } })],
  ['in its extra', trajectory({ extra: { verifier_result: { rewards: { reward: 0.5 } } } })],
])('a reward that stands %s is an annotation by a rule', async (_, document) => {
  expect(detects(atifFormat, [document])).toBe(true);
  const { calls } = await itemsOf(atifFormat, [document]);
  expect(calls[0]).toMatchObject({
    fields: { traceId: 'session-1' },
    annotations: [{ name: 'reward', score: 0.5, label: null, by: { kind: 'rule', id: 'verifier' } }],
  });
});
