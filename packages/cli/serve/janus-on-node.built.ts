// Loads Janus for Node, in the package: tools/build-package.ts puts this in the place of janus-on-node.ts.
import type * as JanusOnNode from '../../node/index.ts'

export function loadJanusOnNode(): Promise<typeof JanusOnNode> {
  return import('../../node/index.ts')
}
