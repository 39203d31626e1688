import { Agent, request } from 'undici'

const dispatcher = new Agent({ connections: 5 })

export async function isUp(url) {
  const { statusCode } = await request(url) //! unread-body
  return statusCode < 500
}

export async function send(url, body) {
  await request(url, { method: 'POST', body }) //! unread-body
}

export async function typeOf(url) {
  const answer = await request(url, { dispatcher }) //! unread-body
  return answer.headers['content-type']
}

export const code = async (url) => (await dispatcher.request({ origin: url, path: '/' })).statusCode //! unread-body
