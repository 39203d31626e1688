import { Agent, request } from 'undici'

const dispatcher = new Agent({
  connections: 8, // per host; there is no total
  keepAliveTimeout: 4000,
  keepAliveMaxTimeout: 4000, // else the server's hint prolongs it
})

export async function get(url) {
  const { body } = await request(url, { dispatcher })
  return body.text()
}
