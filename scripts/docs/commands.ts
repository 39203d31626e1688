import { commands } from '../../cli/src/commands.ts'
import { run } from '../../cli/src/main.ts'

/** What each command says of itself, as printed where there is no terminal. */
export async function helpOfCommands(): Promise<string> {
  const sections = await Promise.all(
    commands.map(async ({ name }) => [`### ${name}`, '', '```text', await helpOf(name), '```'].join('\n')),
  )
  return sections.join('\n\n')
}

async function helpOf(command: string): Promise<string> {
  let printed = ''
  const write = (text: string) => {
    printed += text
  }
  await run([command, '--help'], {
    stdout: write,
    stderr: write,
    stdin: async () => '',
    isTTY: false,
    isErrTTY: false,
    columns: 100,
    env: {},
    cwd: process.cwd(),
  })
  return printed.trim()
}
