/** What a command sees of the outside world: a process gives its own streams, a test gives what it likes. */
export interface Io {
  /** Writes the text as it is; it ends its own lines. */
  stdout(text: string): void
  /** For messages and progress: never what a program would read. */
  stderr(text: string): void
  /** All of standard input. */
  stdin(): Promise<string>
  /** stdout is a terminal: colours and tables only then. */
  readonly isTTY: boolean
  /** stderr is a terminal: progress may rewrite its line. */
  readonly isErrTTY: boolean
  /** Width of the terminal; of no meaning where there is none. */
  readonly columns: number
  /** For what is shown in place; undefined unless both stdin and stdout are terminals. */
  readonly screen?: Screen | undefined
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
}

/** A terminal whose keys are read as they are pressed, and that may change its size. */
export interface Screen {
  size(): { readonly columns: number; readonly rows: number }
  /**
   * Until the function is called that it returns. An interrupt, which a terminal sends as a key then, and SIGTERM are the key `q`.
   * @param onChange the size has changed
   */
  watch(onKey: (key: string) => void, onChange: () => void): () => void
}

/** What `run` ends with. */
export const exitCodes = { fine: 0, findings: 1, misuse: 2 } as const

/** The user asked for what can't be done: bad arguments, files that can't be read, configs that can't be used. Ends with exit code 2. */
export class Misuse extends Error {
  /** For `--json`: what is wrong in detail. */
  readonly details: object

  /** @param message what is wrong and what to do, without the prefix `error:` */
  constructor(message: string, details: object = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Misuse'
    this.details = details
  }
}

/** Thrown after the output is written: the command did its work and found something. Ends with exit code 1 and prints nothing. */
export class Findings extends Error {
  constructor() {
    super('there are findings')
    this.name = 'Findings'
  }
}
