import { reset } from 'cloudflare:test'
import { beforeAll } from 'vitest'

// Files of this project share a runtime, which takes seconds to start, and no storage. Before the migrations of setup.ts.
beforeAll(reset)
