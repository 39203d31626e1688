import type { AsyncResource as NodeAsyncResource } from 'node:async_hooks'

// An `import` would have Node make a module of its own of it first, with each of its exports.
export const { AsyncResource } = process.getBuiltinModule('node:async_hooks')
export type AsyncResource = NodeAsyncResource
