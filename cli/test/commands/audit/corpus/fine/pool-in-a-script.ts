import axios from 'axios'
import { createPool } from 'polypool/axios'

await using pool = createPool({ maxConnections: 50 })

async function load(url: string) {
  return (await axios.get(url, pool.options)).data
}

for (const url of process.argv.slice(2)) console.log(await load(url))
