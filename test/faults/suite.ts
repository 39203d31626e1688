import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, engines, http2Engine } from './engines.ts'
import { Escapes } from './escapes.ts'
import { FaultServer } from './fault-server.ts'
import { type Fault, runFault, testTimeout } from './run-fault.ts'

/** A fault server for the tests of a file, and a record of all that escapes them. */
export function useFaultServer(): () => FaultServer {
  let server: FaultServer | undefined
  let escapes: Escapes | undefined
  beforeAll(() => {
    server = new FaultServer()
    escapes = new Escapes()
  })
  afterAll(async () => {
    // What is thrown into the void may come a turn late.
    await new Promise((resolve) => setTimeout(resolve, 20))
    escapes?.[Symbol.dispose]()
    await server?.[Symbol.asyncDispose]()
    expect(escapes?.all, 'what escaped').toEqual([])
  })
  return () => {
    if (server === undefined) throw new Error('the fault server starts before the first test')
    return server
  }
}

/** Declares one test per fault, engine and scheme; over HTTP/2 for those faults that have a meaning there. They run beside each other: each has origins and a pool of its own. */
export function describeFaults(faults: readonly Fault[], { concurrent = true }: { readonly concurrent?: boolean } = {}): void {
  const server = useFaultServer()
  describe.each(engines)('$name', { concurrent, timeout: testTimeout }, (engine) => {
    declare(faults, engine)
  })
  const overHttp2 = faults.filter(({ http2 }) => http2)
  if (overHttp2.length > 0)
    describe('undici over HTTP/2', { concurrent, timeout: testTimeout }, () => declare(overHttp2, http2Engine))

  function declare(some: readonly Fault[], engine: Engine): void {
    for (const fault of some) {
      for (const scheme of fault.schemes ?? ['http']) {
        test(fault.schemes === undefined ? fault.name : `${fault.name}, ${scheme}`, () =>
          runFault(server(), engine, scheme, fault),
        )
      }
    }
  }
}
