/** Every client, in the order of programs/main. */
export const clients: readonly string[] = ['node-http', 'agentkeepalive', 'axios', 'got', 'node-fetch', 'undici', 'fetch']
