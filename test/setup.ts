import { vi } from 'vitest'
import { hangs } from './time.ts'

const { waitFor } = vi

// Its own second tells a busy machine, not a hang.
vi.waitFor = (callback, options = {}) => waitFor(callback, typeof options === 'number' ? options : { timeout: hangs, ...options })
