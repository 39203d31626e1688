import type { Step } from './server/script.ts'

/** A whole answer that promises to keep the connection. */
export function answer(body: string, head = ''): string {
  return `HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** One chunk of a chunked body. */
export function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`
}

export const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

/** The next request is read whole and answered. */
export const answers = (body: string, head?: string): Step[] => ['request', { say: answer(body, head) }]

/** A connection without faults. */
export const always = (body: string): Step[] => [{ each: answers(body) }]
