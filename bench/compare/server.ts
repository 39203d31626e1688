import { fork } from 'node:child_process'
import { once } from 'node:events'
import { findProgram } from '../../test/programs.ts'
import { startNginx } from './nginx.ts'

/** The other end of every measurement, in a process of its own, on this machine: a small JSON body for every request, at once. */
export interface Server extends AsyncDisposable {
  readonly name: string
  readonly ports: { readonly http: number; readonly https: number; readonly h2: number }
  /** Connections accepted so far, and open now. */
  status(): Promise<{ readonly accepted: number; readonly open: number }>
  /** Seconds of processor time that it took so far; NaN where that is not known. */
  cpu(): Promise<number>
}

/** nginx where it is installed, which needs far less for a request than any client here; else one of Node. */
export function startServer(): Promise<Server> {
  const nginx = findProgram('nginx')
  return nginx === undefined ? startNode() : startNginx(nginx)
}

export interface NodeServerState {
  readonly accepted: number
  readonly open: number
  readonly cpu: number
}

export async function startNode(): Promise<Server> {
  const child = fork(new URL('./node-server.ts', import.meta.url), { execArgv: [] })
  const [ports] = (await once(child, 'message')) as [Server['ports']]
  const ask = async () => {
    const answer = once(child, 'message') as Promise<[NodeServerState]>
    child.send('state')
    return (await answer)[0]
  }
  return {
    name: 'node:http',
    ports,
    status: ask,
    cpu: async () => (await ask()).cpu,
    [Symbol.asyncDispose]: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
