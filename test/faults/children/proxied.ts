// Entry of a process whose environment names a proxy: see ../proxy-environment.test.ts.
import { loadClient, parseSource } from '../../../cli/src/conformance/catalog.ts'
import { send } from '../../../cli/src/conformance/clients/send.ts'
import { optionsFor } from '../../../cli/src/conformance/clients/shared.ts'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { SocketCounter } from '../../../cli/src/conformance/sockets.ts'

const [source = '', ...urls] = process.argv.slice(2)
const { driver, adapter, module } = await loadClient(parseSource(source))
const pool = adapter.createPool({ maxConnections: 5 }, optionsFor(driver.family, { ca: probeCertificate }))
const sockets = new SocketCounter()
const handle = driver.open(module)
const requests = urls.flatMap((url) => Array.from({ length: 12 }, () => send(handle, pool, { url })))
const statuses = (await Promise.all(requests)).map(({ status }) => status)
const { created, reused } = pool.stats()
const notes = pool.notes.filter(({ field }) => field === 'proxy').map(({ message }) => message)
await pool.close()
console.log(JSON.stringify({ statuses, served: created + reused, created, opened: sockets.opened, peak: sockets.peak, notes }))
