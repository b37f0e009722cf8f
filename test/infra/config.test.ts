import { describe, expect, it } from 'vitest';
import { readConfig, servingAccess } from '../../infra/config.ts';
import { appWithContext, synthesized } from './synthesized.ts';

const read = (context: Readonly<Record<string, unknown>>) => readConfig(appWithContext(context).node);

describe('the configuration of a deployment', () => {
  it('is that of cdk.json', () => {
    expect(read({})).toMatchObject({ name: 'ratchet', architecture: 'arm64', deletionProtection: true, schedules: [] });
  });

  it('takes texts, numbers, truth values and lists from -c options', () => {
    const options = {
      name: 'second',
      logRetentionDays: '30',
      deletionProtection: 'false',
      schedules: '[{"modelId":"spam","expression":"rate(1 hour)"}]',
    };
    expect(read(options)).toMatchObject({
      name: 'second',
      logRetentionDays: 30,
      deletionProtection: false,
      schedules: [{ modelId: 'spam', expression: 'rate(1 hour)' }],
    });
  });

  it('names all that is wrong at once', () => {
    const wrong = {
      name: 'No Name',
      architecture: 'mips',
      logRetentionDays: '91',
      schedules: '[{"modelId":"a/b","expression":"daily"}]',
    };
    expect(() => read(wrong)).toThrow(
      expect.objectContaining({
        name: 'InvalidInput',
        message: expect.stringMatching(/name.*architecture.*logRetentionDays.*schedules/s),
      }),
    );
  });

  it('answers over HTTP to signatures, or to the tokens of one issuer for somebody', () => {
    expect(read({}).serving).toBeUndefined();
    expect(servingAccess(read({ serving: '{}' }))).toBe('iam');
    const issuer = 'https://issuer.example.com';
    expect(servingAccess(read({ serving: JSON.stringify({ issuer, audience: ['app'] }) }))).toBe('jwt');
    for (const half of [{ issuer }, { audience: ['app'] }, { issuer, audience: [] }])
      expect(() => read({ serving: JSON.stringify(half) })).toThrow(/audience/);
    const handsOn = { signsForOthers: ['arn:aws:iam::1:user/bot'] };
    expect(read({ serving: JSON.stringify(handsOn) }).serving).toEqual(handsOn);
    expect(() => read({ serving: '{"signsForOthers":["two\\nlines"]}' })).toThrow(/signsForOthers/);
    expect(() => read({ serving: '{"issuer":"http://issuer.example.com","audience":["app"]}' })).toThrow(/issuer/);
    expect(() => read({ serving: 'true' })).toThrow(/serving/);
  });

  it('refuses a setting that there is none of', () => {
    expect(() => read({ ratchet: { ...read({}), retention: 3 } })).toThrow(/retention/);
  });
});

describe('a permission boundary of the context', () => {
  it('is on every role of both stacks', () => {
    const { data, loop } = synthesized({ '@aws-cdk/core:permissionsBoundary': { name: 'boundary' } });
    const roles = [data, loop].flatMap((stack) => Object.values(stack.findResources('AWS::IAM::Role')));
    expect(roles.length).toBeGreaterThan(20);
    for (const { Properties } of roles) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain('policy/boundary');
    }
  });
});
