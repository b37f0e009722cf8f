import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { bashScript } from '../../../../cli/completion/bash-script.ts';
import { programShape } from '../../../../cli/completion/command-shape.ts';
import { fishScript } from '../../../../cli/completion/fish-script.ts';
import { zshScript } from '../../../../cli/completion/zsh-script.ts';
import { buildProgram } from '../../../../cli/program.ts';

const shape = programShape(buildProgram({ stdout: process.stdout, stderr: process.stderr }, async () => undefined));

/** What bash offers for the last word; a stand-in for ratchet knows the models alpha and beta. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `ratchet() { [ "$4" = elsewhere ] && echo gamma || printf 'alpha\\nbeta\\n'; }
${bashScript(shape)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ratchet; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const answer = execFileSync('bash', ['-c', script, 'bash', 'ratchet', ...words], { encoding: 'utf8' });
  return answer.split('\n').filter((line) => line !== '');
}

describe('the shape of the program', () => {
  test('has every command, with what its values are completed with', () => {
    expect(shape.commands.map((command) => command.name)).toEqual(
      expect.arrayContaining([
        'create',
        'ingest',
        'run',
        'predict',
        'report',
        'lineage',
        'rollback',
        'doctor',
        'completion',
      ]),
    );
    const create = shape.commands.find((command) => command.name === 'create');
    expect(create?.options).toContainEqual(
      expect.objectContaining({ flag: '--foundation', value: { kind: 'words', words: ['use-lite', 'none'] } }),
    );
    expect(create?.options).toContainEqual(expect.objectContaining({ flag: '--examples', value: { kind: 'files' } }));
  });
});

describe('completion in bash', () => {
  test('offers commands first', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['create', 'doctor', '--workspace']));
    expect(offered('ro')).toEqual(['rollback']);
  });

  test('offers the options of a command, and the choices of an option', () => {
    expect(offered('run', '--')).toEqual(expect.arrayContaining(['--seed', '--verbose', '--json', '--help']));
    expect(offered('run', '--')).not.toContain('--examples');
    expect(offered('create', 'x', '--foundation', 'u')).toEqual(['use-lite']);
  });

  test('offers models where a model is wanted, those of the workspace that is named', () => {
    expect(offered('run', '')).toEqual(['alpha', 'beta']);
    expect(offered('--workspace', 'elsewhere', 'run', '')).toEqual(['gamma']);
    expect(offered('run', '--seed', '7', 'al')).toEqual(['alpha']);
    expect(offered('run', 'alpha', '')).toEqual([]);
  });

  test('offers files where files are wanted', () => {
    expect(offered('ingest', 'alpha', 'package.js')).toEqual(['package.json']);
    expect(offered('ingest', 'alpha', 'a.jsonl', 'package.js')).toEqual(['package.json']);
  });
});

describe('completion in zsh and fish', () => {
  test('knows every command and option', () => {
    const scripts = [zshScript(shape), fishScript(shape)];
    for (const { name, options } of shape.commands) {
      for (const script of scripts) {
        expect(script).toContain(name);
        for (const { flag } of options) expect(script).toContain(flag.replace('--', ''));
      }
    }
  });

  test('leaves no quote open', () => {
    for (const script of [zshScript(shape), fishScript(shape)]) {
      for (const line of script.split('\n').filter((text) => !text.startsWith('#'))) {
        const quotes = line.replaceAll("'\\''", '').replaceAll("\\'", '').split("'").length - 1;
        expect(quotes % 2, line).toBe(0);
      }
    }
  });
});
