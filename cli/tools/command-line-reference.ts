import type { Command } from 'commander';
import { buildProgram } from '../program.ts';
import { type CommandName, resultSchemas } from '../results.ts';
import { describeExitCodes } from './describe-exit-codes.ts';

/** docs/command-line.md: the program's own help, command by command, with what `--json` writes and the exit codes. */
export function commandLineReference(): string {
  const nowhere = { stdout: process.stdout, stderr: process.stderr };
  const program = buildProgram(nowhere, async () => undefined);
  return [
    '# The command line',
    'Generated from the program by `npm run schemas`. Results go to stdout, progress and prose to stderr.',
    '## Exit codes',
    table(['code', 'means'], describeExitCodes()),
    '## Options of every command',
    optionTable(program),
    ...program.commands.flatMap((command) => [`## ratchet ${command.name()}`, ...describe(command)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function describe(command: Command): readonly string[] {
  const name = command.name();
  const hasSchema = Object.hasOwn(resultSchemas, name);
  return [
    command.description(),
    fenced(`ratchet ${name} ${command.usage()}`),
    ...(command.registeredArguments.length === 0
      ? []
      : [
          table(
            ['argument', 'is'],
            command.registeredArguments.map((argument) => [
              `\`${argument.name()}\``,
              withChoices(argument.description, argument.argChoices),
            ]),
          ),
        ]),
    ...(command.options.length > 0 ? [optionTable(command)] : []),
    fenced(textAfterHelp(command)),
    ...(hasSchema ? [`\`--json\` writes ${schemaLink(name as CommandName)}.`] : []),
  ];
}

/** Where a command's result schema is in docs. */
function schemaLink(name: CommandName): string {
  const form = name === 'predict' ? 'a line of output' : 'one object';
  return `${form}: [results/${name}.schema.json](results/${name}.schema.json)`;
}

function optionTable(command: Command): string {
  return table(
    ['option', 'does'],
    command.options.map((option) => [
      `\`${option.flags}\``,
      withChoices(
        option.description,
        option.argChoices,
        typeof option.defaultValue === 'boolean' ? undefined : option.defaultValue,
      ),
    ]),
  );
}

function withChoices(description: string, choices: readonly string[] | undefined, defaultValue?: unknown): string {
  return [
    description,
    ...(choices === undefined || choices.length === 0
      ? []
      : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(defaultValue === undefined ? [] : [`\`${String(defaultValue)}\` by default`]),
  ].join('; ');
}

/** What a command adds to its help: its example. */
function textAfterHelp(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.slice(text.indexOf('\nExample:')).trim();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
