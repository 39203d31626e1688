import ora from 'ora'

/** Tells on stderr how far the work is: a line for each part that is done, and on a terminal what is under way. */
export class Progress {
  readonly #spinner = process.stderr.isTTY ? ora({ stream: process.stderr }).start() : null
  readonly #running = new Set<string>()

  begin(what: string): void {
    this.#running.add(what)
    this.#show()
  }

  end(what: string, line?: string): void {
    this.#running.delete(what)
    if (line !== undefined) this.say(line)
    this.#show()
  }

  say(line: string): void {
    this.#spinner?.clear()
    process.stderr.write(`${line}\n`)
  }

  stop(): void {
    this.#spinner?.stop()
  }

  #show(): void {
    if (this.#spinner) this.#spinner.text = [...this.#running].join(' · ')
  }
}
