import type { DialectName } from 'polypool/dialects'
import type { ArgumentMisuse } from './given-arguments.ts'
import type { Open, Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'

/** Where a source says, or leaves to a library, how connections are pooled. */
export interface PythonPlace {
  readonly dialect: DialectName
  readonly node: PyNode
  /** As a reader would call it, such as `httpx.Client(…)`. */
  readonly label: string
  /** The name that it is kept under. */
  readonly name: string | undefined
  /** The class and the function that it stands in. */
  readonly around: readonly string[]
  readonly settings: readonly Setting[]
  readonly open: readonly Open[]
  readonly remarks: readonly string[]
  /** What the library refuses: then it is no pool. */
  readonly misuses: readonly ArgumentMisuse[]
}
