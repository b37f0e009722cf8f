import { tmpdir } from 'node:os';
import { relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trainerOptions } from '../../../cli/trainer-options.ts';

describe('options of a trainer on the command line', () => {
  it('are read as JSON where they are, else as text', () => {
    const given = ['epochs=20', 'method=lora', 'rate=1e-4', 'on=true', 'name=a=b'];
    expect(trainerOptions(given, undefined)).toEqual({
      epochs: 20,
      method: 'lora',
      rate: 1e-4,
      on: true,
      name: 'a=b',
    });
  });

  it('name a foundation that is a folder in full, and any other as it is', () => {
    const here = relative(process.cwd(), tmpdir());
    expect(trainerOptions([], here)).toEqual({ foundation: resolve(tmpdir()) });
    for (const foundation of ['use-lite', 'none', 'fastino/gliner2-base-v1', 'shared']) {
      expect(trainerOptions([], foundation)).toEqual({ foundation });
    }
  });

  it('without a name are refused', () => {
    for (const text of ['lora', '=lora', '']) {
      expect(() => trainerOptions([text], undefined)).toThrowError(/no option of a trainer/);
    }
  });
});
