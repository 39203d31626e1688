import type { AsyncResource as NodeAsyncResource } from 'node:async_hooks'

// An `import` would have Node make a module of it first: of that and the like was a twentieth of what it takes to import an adapter.
export const { AsyncResource } = process.getBuiltinModule('node:async_hooks')
export type AsyncResource = NodeAsyncResource
