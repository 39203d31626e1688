// Whether HTTP/2 is refused, and one request where it is not insisted on.
import { createPool } from 'polypool/undici'
import { request } from 'undici'

let refused = null
try {
  await createPool({ http2: true }).close()
} catch ({ code, message }) {
  refused = `${code}: ${message}`
}
const native = { connect: { rejectUnauthorized: false } }
const pool = createPool({ http2: true }, native, { strict: false, warnings: false })
const { body } = await request(process.argv[2], { ...pool.options })
const { length } = await body.text()
await pool.close()
console.log(JSON.stringify({ refused, bytes: length }))
