import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { assertSupported, peerOf, type Undici } from '../../../src/engines/undici-dispatcher/peer-of.ts'
import { PoolUnsupportedError } from '../../../src/errors.ts'

const require = createRequire(import.meta.url)

test.each([
  ['undici', 8],
  ['undici7', 7],
] as const)('the major of %s is found, also where its version is not', (name, major) => {
  const undici = require(name) as Undici
  expect(peerOf(undici)).toMatchObject({ major, Client: undici.Client })
  // As in a bundle: other objects than those that Node has loaded.
  class Client extends undici.Client {}
  Object.defineProperty(Client.prototype, 'dispatch', { value: undici.Client.prototype.dispatch })
  const [dispatch] = Object.getOwnPropertySymbols(undici.Client.prototype).filter(({ description }) => description === 'dispatch')
  if (dispatch !== undefined) Object.defineProperty(Client.prototype, dispatch, { value: () => {} })
  expect(peerOf({ ...undici, Client: Client as unknown as Undici['Client'] }).major).toBe(major)
})

test('HTTP/2 is trusted to one whose Pool has a connection find out what the server speaks, as from 8.11 on', () => {
  const undici = require('undici') as Undici
  expect(peerOf(undici).symbols.http2).toBeDefined()
  const of = (Pool: Undici['Pool']) => {
    // What is known of a Client is remembered.
    class Client extends undici.Client {}
    const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(undici.Client.prototype)
    Object.defineProperties(Client.prototype, methods)
    return peerOf({ ...undici, Client: Client as unknown as Undici['Client'], Pool }).symbols.http2
  }
  expect(of(undici.Pool)).toBeDefined()
  expect(of(class {} as Undici['Pool'])).toBeUndefined()
})

test('an earlier one is refused also where its version is not known', () => {
  const undici = require('undici') as Undici
  const { prototype } = undici.Client
  const [dispatch = Symbol('dispatch')] = Object.getOwnPropertySymbols(prototype).filter(
    ({ description }) => description === 'dispatch',
  )
  class Client extends undici.Client {
    // As of 6: it tells errors by `onError`.
    override dispatch(options: never, handler: { onError(error: unknown): void }): boolean {
      try {
        return (this as unknown as Record<symbol, (...args: unknown[]) => boolean>)[dispatch]?.(options, handler) ?? false
      } catch (error) {
        handler.onError(error)
        return false
      }
    }
  }
  Object.defineProperty(Client.prototype, dispatch, { value: () => {} })
  expect(() => peerOf({ ...undici, Client: Client as unknown as Undici['Client'] })).toThrow(
    /^undici 6 or earlier on Node .* is not supported: npm install undici@8/,
  )
})

test.each([
  ['7.27.1', '20.19.0'],
  ['7.30.2', '26.0.0'],
  ['8.2.0', '22.19.0'],
  ['8.12.4', '24.0.0'],
])('undici %s is supported on Node %s', (version, node) => {
  expect(() => assertSupported(version, node)).not.toThrow()
})

test.each([
  [
    '6.29.1',
    '20.19.0',
    'undici 6.29.1 on Node 20.19.0 is not supported: npm install undici@7 (polypool takes undici ^7.27.1 here; undici 8 needs Node 22.19 or newer)',
  ],
  [
    '7.27.0',
    '24.0.0',
    'undici 7.27.0 on Node 24.0.0 is not supported: npm install undici@8 (polypool takes undici ^8.2.0 or ^7.27.1)',
  ],
  ['8.1.9', '24.0.0', 'undici ^8.2.0 or ^7.27.1'],
  ['8.12.4', '20.19.0', 'undici 8 needs Node 22.19 or newer'],
  ['8.12.4', '22.18.0', 'undici 8 needs Node 22.19 or newer'],
  ['9.0.0', '26.0.0', 'undici ^8.2.0 or ^7.27.1'],
])('undici %s is refused on Node %s', (version, node, message) => {
  expect(() => assertSupported(version, node)).toThrow(PoolUnsupportedError)
  expect(() => assertSupported(version, node)).toThrow(message)
})
