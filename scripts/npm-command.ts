/** How to start npm. */
export interface NpmCommand {
  readonly command: string
  readonly args: readonly string[]
  /** By the shell, which takes arguments with spaces apart: on Windows, where npm is a script, if it is not known where that lies. */
  readonly shell: boolean
}

/** npm with these arguments: the one that runs this script, if one does. */
export function npmCommand(args: readonly string[]): NpmCommand {
  const { npm_execpath: own } = process.env
  if (own !== undefined && /\.c?js$/.test(own)) return { command: process.execPath, args: [own, ...args], shell: false }
  return { command: 'npm', args, shell: process.platform === 'win32' }
}
