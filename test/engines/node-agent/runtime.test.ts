import { expect, it } from 'vitest'
import { assertNodeFetch } from '../../../src/clients/node-fetch/runtime.ts'
import { assertRuntime } from '../../../src/engines/node-agent/runtime.ts'

// What was measured: in which versions requests of the runtime's node:http reach the agent they are given.
it.each([
  [{ node: '20.19.0' }, undefined],
  [{ node: '24.3.0', bun: '1.4.0' }, undefined],
  [
    { node: '24.3.0', bun: '1.3.5' },
    'Bun 1.3.5: requests of its node:http go past agents, so that no limit would hold: use Node, or Bun 1.4.0 or later',
  ],
  [{ node: '24.0.0', deno: '2.8.3' }, undefined],
  [{ node: '22.0.0', deno: '2.5.6' }, 'Deno 2.5.6: requests of its node:http go past agents'],
])('%o', (versions, message) => {
  const call = () => assertRuntime(versions)
  if (message === undefined) expect(call).not.toThrow()
  else expect(call).toThrow(message)
})

it('node-fetch is refused where the runtime gives its own instead', () => {
  expect(() => assertNodeFetch({ node: '24.3.0', bun: '1.4.5' })).toThrow(
    'Bun 1.4.5 puts a fetch of its own in the place of node-fetch',
  )
  for (const versions of [{ node: '24.3.0' }, { node: '24.3.0', deno: '2.9.6' }])
    expect(() => assertNodeFetch(versions)).not.toThrow()
})
