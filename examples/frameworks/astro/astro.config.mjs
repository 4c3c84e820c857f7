import cloudflare from '@astrojs/cloudflare'
import { defineConfig } from 'astro/config'

// Janus has its own cross-site rule for the forms that post to it.
export default defineConfig({ output: 'server', adapter: cloudflare({ imageService: 'passthrough' }) })
