// Prints what operations cost in money, and what many accounts ask of each store: docs/operate/costs.md and docs/explain/scale.md have both.
import { parseArgs } from 'node:util'
import { costTable } from './cost-table.ts'
import { objectTable } from './object-table.ts'
import { measureRowSizes } from './row-sizes.ts'
import { scaleTable } from './scale-model.ts'

const HELP = `Print what operations cost, computed from counted operations and published prices.

  npm run costs -- [options]

  --objects      print the same for a database and copies in Durable Objects
  --scale        print what 100,000 to 100,000,000 accounts ask of each store instead
  --help         print this

The operations are in lab/costs/operations.ts, the prices in prices.ts, the habits in scale-model.ts.`

const { values } = parseArgs({
  options: {
    objects: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(HELP)
else if (values.objects) console.log(objectTable())
else console.log(values.scale ? scaleTable(measureRowSizes()) : costTable())
