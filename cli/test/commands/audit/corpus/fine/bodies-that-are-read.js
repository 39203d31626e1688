import { request } from 'undici'

export async function json(url) {
  const { statusCode, body } = await request(url)
  if (statusCode !== 200) await body.dump()
  return body.json()
}

export const whole = (url) => request(url)
export const answer = async (url) => await request(url)
export async function passedOn(url, use) {
  const response = await request(url)
  return use(response)
}
export async function head(url) {
  const { statusCode } = await request(url, { method: 'HEAD' })
  return statusCode
}
export async function rest(url) {
  const { statusCode, ...others } = await request(url)
  return [statusCode, others]
}
export async function unknown(url, options) {
  const { statusCode } = await request(url, options)
  return statusCode
}
