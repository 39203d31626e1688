import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { PoolConfig } from '../../../src/config/types.ts'
import { reverseProxies } from '../../../src/dialects/index.ts'
import { folderFor, freePort, startProgram } from '../../programs.ts'
import type { Told, Work } from './client.ts'

const client = fileURLToPath(new URL('client.ts', import.meta.url))

/** How often each answer came: `200`, `503 ERR_POOL_QUEUE_FULL`. */
export interface Answers {
  readonly [answer: string]: number
}

/** Four processes, each with a pool of its own. */
export class Fleet {
  readonly #children = Array.from({ length: 4 }, () => fork(client, [], { stdio: 'inherit' }))

  /** What they get, all together. `onAnswer` hears of each answer what has come so far. */
  async run(work: Work, onAnswer: (answers: Answers) => void = () => {}): Promise<Answers> {
    const answers: { [answer: string]: number } = {}
    const all = this.#children.map(
      (child) =>
        new Promise<void>((resolve, reject) => {
          const heard = (message: unknown) => {
            const told = message as Told
            if (told === 'done') {
              child.off('message', heard).off('exit', ended)
              return resolve()
            }
            answers[told.answer] = (answers[told.answer] ?? 0) + 1
            onAnswer(answers)
          }
          const ended = () => reject(new Error('a client has ended'))
          child.on('message', heard).once('exit', ended)
          child.send(work)
        }),
    )
    await Promise.all(all)
    return answers
  }

  stop(): void {
    for (const child of this.#children) child.removeAllListeners('exit').kill('SIGKILL')
  }
}

/** Runs what is written for HAProxy, and gives its URL. */
export async function startHaproxy(file: string, config: PoolConfig, upstream: string, threads = 1): Promise<string> {
  const [port, folder] = [await freePort(), folderFor('haproxy')]
  const { code } = reverseProxies.haproxy.write(config, { upstream, listen: `127.0.0.1:${port}` })
  writeFileSync(path.join(folder, 'haproxy.cfg'), `global\n    nbthread ${threads}\n    maxconn 2000\n\n${code}`)
  const { stop } = await startProgram(file, ['-db', '-f', 'haproxy.cfg'], port, folder)
  onTestFinished(stop)
  return `http://127.0.0.1:${port}`
}

/** What is written for nginx, in a config of its own that needs nothing of the machine. */
export function nginxConfig(code: string, workers: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `    ${kind}_temp_path ${kind};`)
  return [
    `worker_processes ${workers};`,
    'daemon off;',
    'error_log stderr warn;',
    'pid nginx.pid;',
    'events { worker_connections 512; }',
    'http {',
    '    access_log off;',
    ...temporary,
    ...code.split('\n').map((line) => `    ${line}`),
    '}',
    '',
  ].join('\n')
}

export async function startNginx(file: string, config: PoolConfig, upstream: string, workers = 1): Promise<string> {
  const [port, folder] = [await freePort(), folderFor('nginx')]
  const { code } = reverseProxies.nginx.write(config, { upstream, listen: `127.0.0.1:${port}` })
  writeFileSync(path.join(folder, 'nginx.conf'), nginxConfig(code, workers))
  const { stop } = await startProgram(file, ['-e', 'stderr', '-p', folder, '-c', path.join(folder, 'nginx.conf')], port, folder)
  onTestFinished(stop)
  return `http://127.0.0.1:${port}`
}
