import { type FSWatcher, readlinkSync, statSync, watch } from 'node:fs'
import path from 'node:path'

/** Editors and copies write in several steps: this long without another event, and the file is taken as written. */
const quiet = 100

/** For what the events miss: network file systems, a directory that was itself replaced, a system out of watches. */
const between = 5000

/**
 * Tells when a file may have changed. It watches directories, not the file: an editor that saves by rename, and Kubernetes, which
 * swaps a symbolic link above the file, leave a watch on the file behind on the old one.
 */
export class FileWatcher {
  readonly #file: string
  readonly #changed: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  /** The names that matter in each directory. */
  #names: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  readonly #poll: NodeJS.Timeout
  #settling: NodeJS.Timeout | undefined
  #seen: string

  /**
   * @param seen the stamp of the file that was read
   * @param changed is called once things are quiet again; none of this keeps the process alive
   */
  constructor(file: string, seen: string, changed: () => void, pollEvery: number = between) {
    this.#file = file
    this.#seen = seen
    this.#changed = changed
    this.#follow()
    this.#poll = setInterval(() => this.#look(), pollEvery)
    this.#poll.unref()
    // What happened between reading and now has no event.
    this.#settle()
  }

  close(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#settling)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #onEvent(directory: string, name: string | null): void {
    // A directory that is itself moved or deleted reports its own name.
    if (name !== null && !this.#names.get(directory)?.has(name) && name !== path.basename(directory)) return
    this.#settle()
  }

  #settle(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#look(), quiet)
    this.#settling.unref()
  }

  #look(): void {
    const now = stampOf(this.#file)
    this.#follow()
    if (now === this.#seen) return
    // The event of the latest write may still be on its way.
    if (isFresh(this.#file)) return this.#settle()
    this.#seen = now
    this.#changed()
  }

  /** Watches the directories on the way to the file as it leads now. */
  #follow(): void {
    this.#names = waypoints(this.#file)
    for (const [directory, watcher] of this.#watchers) {
      if (this.#names.has(directory)) continue
      watcher.close()
      this.#watchers.delete(directory)
    }
    for (const directory of this.#names.keys()) {
      if (!this.#watchers.has(directory)) this.#watch(directory)
    }
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (event, name) => {
        // The watch is on the directory that had this name: if another has it now, it has to be watched instead.
        if (event === 'rename' && name === path.basename(directory)) this.#forget(directory)
        this.#onEvent(directory, name)
      })
      watcher.on('error', () => this.#forget(directory))
      this.#watchers.set(directory, watcher)
    } catch {
      // Polling goes on.
    }
  }

  #forget(directory: string): void {
    this.#watchers.get(directory)?.close()
    this.#watchers.delete(directory)
  }
}

/** Changes whenever another file, or other content, is under this name. */
export function stampOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

function isFresh(file: string): boolean {
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  return age >= 0 && age < quiet
}

// The system's own limit is about the same.
const mostLinks = 40

/** Every directory whose entries decide which file a path leads to, with the names of these entries: those of links on the way too. */
function waypoints(file: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const add = (entry: string) => {
    const directory = path.dirname(entry)
    found.set(directory, (found.get(directory) ?? new Set()).add(path.basename(entry)))
  }
  const root = path.parse(file).root
  let todo = file.slice(root.length).split(path.sep)
  let at = root
  for (let links = 0; todo.length > 0; ) {
    const [name = '', ...rest] = todo
    const next = path.join(at, name)
    const target = linkTarget(next)
    if (target === undefined || links++ === mostLinks) {
      at = next
      todo = rest
      if (rest.length === 0) add(next)
      continue
    }
    add(next)
    const resolved = path.resolve(at, target)
    at = path.parse(resolved).root
    todo = [...resolved.slice(at.length).split(path.sep), ...rest]
  }
  return found
}

function linkTarget(entry: string): string | undefined {
  try {
    return readlinkSync(entry)
  } catch {
    return undefined
  }
}
