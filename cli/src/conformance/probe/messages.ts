import type { Probe } from './types.ts'

export type ProbeCommand = keyof Probe

/** Parent to child. */
export interface ProbeCall {
  readonly id: number
  readonly command: ProbeCommand
  readonly args: readonly unknown[]
}

/** Child to parent. */
export interface ProbeReply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}
