import { Agent, setGlobalDispatcher } from 'undici'

// For the whole process. A dispatcher of its own in a request must be of the major that is built into Node.
setGlobalDispatcher(
  new Agent({
    connections: 8, // per host; there is no total
    keepAliveTimeout: 4000,
    keepAliveMaxTimeout: 4000, // else the server's hint prolongs it
  }),
)

export async function get(url) {
  const response = await fetch(url)
  return response.text()
}
