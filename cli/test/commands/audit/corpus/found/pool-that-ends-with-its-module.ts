import axios from 'axios'
import { createPool } from 'polypool/axios'

await using pool = createPool({ maxConnections: 50 }) //! disposed-at-load

export const api = axios.create(pool.options)
