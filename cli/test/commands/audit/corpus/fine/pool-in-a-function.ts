import axios from 'axios'
import { createPool } from 'polypool/axios'

export async function once(url: string) {
  await using pool = createPool({ maxConnections: 50 })
  return (await axios.get(url, pool.options)).data
}
