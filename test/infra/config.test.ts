import { describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import { appWithContext } from './synthesized.ts';

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

  it('refuses a setting that there is none of', () => {
    expect(() => read({ ratchet: { ...read({}), retention: 3 } })).toThrow(/retention/);
  });
});
