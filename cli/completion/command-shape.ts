import type { Argument, Command, Option } from 'commander';

/** What a value is completed with. */
export type Candidates =
  | { readonly kind: 'models' | 'files' | 'directories' | 'nothing' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface OptionShape {
  readonly flag: string;
  readonly description: string;
  /** Null for a switch. */
  readonly value: Candidates | null;
}

export interface CommandShape {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionShape[];
  /** By position; the last one stands for those after it when `repeats`. */
  readonly arguments: readonly Candidates[];
  readonly repeats: boolean;
}

/** What a shell has to know of the program: its own options, and its commands. */
export interface ProgramShape {
  readonly name: string;
  readonly options: readonly OptionShape[];
  readonly commands: readonly CommandShape[];
}

/** The shape of a program, as its commands were declared. */
export function programShape(program: Command): ProgramShape {
  const globals = program.options.flatMap(optionShape);
  const help: OptionShape = { flag: '--help', description: 'show the help', value: null };
  return {
    name: program.name(),
    options: [...globals, help],
    commands: program.commands.map((command) => ({
      name: command.name(),
      summary: command.summary() || command.description(),
      options: [...command.options.flatMap(optionShape), ...globals.filter(({ flag }) => flag !== '--version'), help],
      arguments: command.registeredArguments.map((argument) => candidatesOf(argument.name(), argument.argChoices)),
      repeats: command.registeredArguments.at(-1)?.variadic === true,
    })),
  };
}

function optionShape(option: Option): readonly OptionShape[] {
  if (option.long === undefined || option.long === null || option.hidden) return [];
  const takesValue = option.required || option.optional;
  const placeholder = /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? '';
  const value = takesValue ? candidatesOf(placeholder, option.argChoices) : null;
  return [{ flag: option.long, description: option.description, value }];
}

function candidatesOf(name: string, choices: Argument['argChoices']): Candidates {
  if (choices !== undefined && choices.length > 0) return { kind: 'words', words: choices };
  if (name === 'model') return { kind: 'models' };
  if (name === 'file') return { kind: 'files' };
  if (name === 'dir') return { kind: 'directories' };
  return { kind: 'nothing' };
}
