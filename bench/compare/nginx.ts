// nginx on loopback, in one process, with a config and a folder of its own. Its processor time is read where Linux tells it.
import { readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { probeCertificate, probeKey } from '../../cli/src/conformance/probe/certificates.ts'
import { folderFor, freePort, startProgram } from '../../test/programs.ts'
import type { Server } from './server.ts'

/** Of `utime` and `stime` in /proc, on every Linux. */
const ticksPerSecond = 100

export async function startNginx(file: string): Promise<Server> {
  const ports = { http: await freePort(), https: await freePort(), h2: await freePort() }
  const statusPort = await freePort()
  const folder = folderFor('nginx')
  writeFileSync(path.join(folder, 'key.pem'), probeKey)
  writeFileSync(path.join(folder, 'certificate.pem'), probeCertificate)
  writeFileSync(path.join(folder, 'nginx.conf'), config(folder, ports, statusPort))
  const { child, output, stop } = await startProgram(
    file,
    ['-p', folder, '-c', path.join(folder, 'nginx.conf')],
    statusPort,
    folder,
  )
  // One connection for all questions, which is not counted.
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  let own: number | undefined
  const status = async () => {
    const text = await read(`http://127.0.0.1:${statusPort}/`, agent)
    const [open = 0, accepted = 0] = [/Active connections: (\d+)/, /\n (\d+) /].map((pattern) => Number(pattern.exec(text)?.[1]))
    own ??= accepted
    return { accepted: accepted - own, open: open - 1 }
  }
  await status()
  return {
    name: 'nginx',
    ports,
    status,
    cpu: async () => processorSeconds(child.pid as number),
    [Symbol.asyncDispose]: async () => {
      agent.destroy()
      if (child.exitCode !== null) throw new Error(`nginx has ended: ${output()}`)
      await stop()
    },
  }
}

function config(folder: string, { http, https, h2 }: Server['ports'], statusPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
  const answer = `location / { default_type application/json; return 200 '{"hello":"world"}'; }`
  return `daemon off;
master_process off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off;
  ${temporary.join('\n  ')}
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  ssl_certificate ${folder}/certificate.pem;
  ssl_certificate_key ${folder}/key.pem;
  server { listen 127.0.0.1:${http} backlog=4096; ${answer} }
  server { listen 127.0.0.1:${https} ssl backlog=4096; ${answer} }
  server { listen 127.0.0.1:${h2} ssl http2 backlog=4096; ${answer} }
  server { listen 127.0.0.1:${statusPort}; location / { stub_status; } }
}
`
}

function read(url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part) => (text += part))
        response.on('end', () => resolve(text))
      })
      .on('error', reject)
  })
}

/** On Linux; NaN elsewhere. */
function processorSeconds(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  // The name of the program, in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
