import { Command, CommanderError } from 'commander'
import { commandLine } from 'polypool/internal'
import { commands } from './commands.ts'
import { exitCodes, Findings, type Io, Misuse } from './io.ts'
import { colorsFor, examples, printable, toJson } from './output.ts'
import { packageVersion } from './version.ts'

/**
 * Runs one command line. Never throws, and never ends the process.
 * @param argv without the program's name
 * @returns the exit code: 0 fine, 1 findings, 2 misuse
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const program = await programFor(argv, io)
    if (argv.length === 0) program.help({ error: true })
    await program.parseAsync(withoutHelp(argv), { from: 'user' })
    return exitCodes.fine
  } catch (error) {
    return outcomeOf(error, argv, io)
  }
}

/** Commander answers help for a command that it does not know with help for all; by itself the name gets a suggestion. */
function withoutHelp(argv: readonly string[]): readonly string[] {
  const [first, second] = argv
  const unknown = first === 'help' && second !== undefined && !commands.some(({ name }) => name === second)
  return unknown ? argv.slice(1) : argv
}

const afterHelp = `Installed in a project (npm install --save-dev @polypool/cli), npx polypool is the same.
Exit codes: 0 fine, 1 findings, 2 misuse. Every command takes --json and --help.`

/** The program with every command listed, and the wanted one loaded. */
async function programFor(argv: readonly string[], io: Io): Promise<Command> {
  const [first, second] = argv.filter((argument) => !argument.startsWith('-'))
  const wanted = first === 'help' ? second : first
  const { enabled } = colorsFor(io)
  const program = new Command(commandLine)
    .description('One connection-pool configuration for every Node HTTP client.')
    .version(packageVersion())
    // Behind a command, --version is the command's.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(--help shows how to use it)')
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      styleTitle: colorsFor(io).bold,
      styleCommandText: colorsFor(io).cyan,
    })
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      getOutHelpWidth: () => (io.isTTY ? io.columns : 100),
      getErrHelpWidth: () => (io.isTTY ? io.columns : 100),
      getOutHasColors: () => enabled,
      getErrHasColors: () => enabled,
      outputError: (message, write) => write(printable(message)),
    })
  for (const { name, summary, load } of commands) {
    if (name === wanted) (await load())(program, io)
    else program.command(name).description(summary)
    const command = program.commands.find((one) => one.name() === name)
    command?.summary(summary)
    if (command && !command.options.some(({ long }) => long === '--json')) command.option('--json', 'print JSON')
  }
  return examples(program, [
    [`${commandLine} init`, 'a config file to start from'],
    [`${commandLine} check`, 'what it means, and its risks'],
    [`${commandLine} explain axios`, 'the code to paste'],
  ]).addHelpText('after', `\n${afterHelp}`)
}

function outcomeOf(error: unknown, argv: readonly string[], io: Io): number {
  if (error instanceof Findings) return exitCodes.findings
  if (error instanceof CommanderError) {
    // Commander has written the message itself.
    if (error.exitCode === 0) return exitCodes.fine
    if (argv.includes('--json')) io.stdout(toJson({ error: { message: error.message.replace(/^error: /, '') } }))
    return exitCodes.misuse
  }
  const { message, details } = describe(error, io)
  io.stderr(`${colorsFor(io).red('error:')} ${printable(message)}\n`)
  if (argv.includes('--json')) io.stdout(toJson({ error: { message, ...details } }))
  return exitCodes.misuse
}

function describe(error: unknown, io: Io): { message: string; details: object } {
  if (error instanceof Misuse) return { message: error.message, details: error.details }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (io.env.NODE_DEBUG?.includes('polypool')) return { message: stack ?? message, details: {} }
  return { message: `${message}\n(not expected: please report it; NODE_DEBUG=polypool shows where it comes from)`, details: {} }
}
