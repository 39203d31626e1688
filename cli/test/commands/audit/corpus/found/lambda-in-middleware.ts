import middy from '@middy/core'
import { Agent, request } from 'undici'

export const handler = middy(async (event: { url: string }) => {
  const dispatcher = new Agent({ connections: 5 }) //! client-per-request
  const first = await request(event.url, { dispatcher })
  const second = await request(`${event.url}/more`, { dispatcher })
  return [await first.body.json(), await second.body.json()]
})
