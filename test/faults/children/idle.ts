// Entry of a process that does nothing any more but keep connections: see ../exit.test.ts.
import { engineNamed } from '../engines.ts'
import type { ChildTask } from './messages.ts'
import { Viewer } from './views.ts'

const { engine: name, url, other, name: how }: ChildTask = JSON.parse(process.argv[2] ?? '{}')
const engine = engineNamed(name)
const viewer = new Viewer(url, other)
const pool = engine.createPool({
  keepAliveExpiry: '1h',
  maxLifetime: '1h',
  acquireTimeout: '1h',
  connectTimeout: '1h',
  maxConnections: 6,
})

async function get(from: string): Promise<string> {
  const answer = await engine.start(pool, { url: from })
  return answer.read()
}

process.on('exit', () => console.log(JSON.stringify(viewer.take(pool))))

const answers = await Promise.all([get(url), get(url), get(other), get(other)])
if (how === 'after-fault') await get(`${url}/fault`).catch(() => {})
if (how === 'after-wait') await Promise.all(Array.from({ length: 20 }, () => get(other)))
if (how === 'closed') await pool.close()
if (how === 'destroyed') await pool.destroy()
console.log(JSON.stringify(answers))
