// Not imported: an import of node:util has each of its exports made, and worker threads, streams and thirty other modules with them.
export const { isDeepStrictEqual } = process.getBuiltinModule('node:util')
