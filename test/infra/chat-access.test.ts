import { describe, expect, it } from 'vitest';
import { statementsByFunction } from './statements.ts';
import { synthesized } from './synthesized.ts';

const asking = [
  'ratchet-analyze-failures',
  'ratchet-build-taxonomy',
  'ratchet-confirm-weaknesses',
  'ratchet-decide-next',
  'ratchet-judge-candidates',
  'ratchet-judge-traces',
  'ratchet-synthesize-curriculum',
  'ratchet-triage-traces',
];
const bedrock = (model: string) => ({ chat: JSON.stringify({ provider: 'bedrock', model, region: 'eu-west-1' }) });

function chatStatements(context: Record<string, string>) {
  const { loop } = synthesized(context);
  return [...statementsByFunction(loop)].flatMap(([name, statements]) =>
    statements
      .filter(({ actions }) => actions.some((action) => /^(bedrock|secretsmanager):/.test(action)))
      .map(({ actions, resources }) => ({ name, actions, resources })),
  );
}

describe('the chat model of a deployment', { timeout: 180_000 }, () => {
  it('may be asked by nobody where there is none', () => {
    expect(chatStatements({})).toEqual([]);
  });

  it('may be asked by the functions that judge or have agents, and no other model', () => {
    const found = chatStatements(bedrock('anthropic.some-model-v1:0'));
    expect(found.map(({ name }) => name).sort()).toEqual(asking);
    for (const { actions, resources } of found) {
      expect(actions).toEqual(['bedrock:InvokeModel']);
      expect(resources.map((resource) => resource.replace(/^.*:bedrock:/, ''))).toEqual([
        'eu-west-1::foundation-model/anthropic.some-model-v1:0',
      ]);
    }
  });

  it('may be asked in the regions of its inference profile', () => {
    const [found] = chatStatements(bedrock('eu.anthropic.some-model-v1:0'));
    expect(found?.resources.map((resource) => resource.replace(/^.*:bedrock:/, '')).sort()).toEqual([
      '*::foundation-model/anthropic.some-model-v1:0',
      'eu-west-1:<AWS::AccountId>:inference-profile/eu.anthropic.some-model-v1:0',
    ]);
  });

  it('has its key read from one secret, by AWS’s extension', () => {
    const context = {
      chat: JSON.stringify({ provider: 'openai', url: 'https://models.example.com/v1', model: 'm' }),
      chatSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:chat-AbCdEf',
    };
    const found = chatStatements(context);
    expect(found.map(({ name }) => name).sort()).toEqual(asking);
    for (const { actions, resources } of found) {
      expect(actions).toEqual(['secretsmanager:GetSecretValue']);
      expect(resources).toEqual([context.chatSecretArn]);
    }
    const functions = Object.values(synthesized(context).loop.findResources('AWS::Lambda::Function'));
    const texts = functions.map((one) => JSON.stringify(one)).filter((text) => text.includes('RATCHET_CHAT'));
    expect(texts).toHaveLength(asking.length);
    for (const text of texts) {
      expect(text).toContain('PARAMETERS_SECRETS_EXTENSION');
      expect(text).toContain('models.example.com');
    }
  });

  it('of Bedrock has no secret', () => {
    const context = { ...bedrock('m'), chatSecretArn: 'arn:aws:secretsmanager:eu-west-1:1:secret:a' };
    expect(() => synthesized(context)).toThrow(/chatSecretArn/);
  });
});
