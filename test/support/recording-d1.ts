/** A statement that was sent, and what it cost, as D1 counts it. */
export interface SentStatement {
  readonly sql: string
  /** Rows that were looked at and rows that were written, in tables and indexes. */
  readonly rowsRead: number
  readonly rowsWritten: number
  /** Says how long D1 was at it. */
  readonly durationMs: number
}

/** D1 that records every statement, one by one, also those of a batch. */
export interface RecordingD1 {
  readonly db: Pick<D1Database, 'prepare' | 'batch'>
  /** In the order of their answers. Emptied by assignment of `length`. */
  readonly sent: SentStatement[]
}

/** Returns the part of D1 that Janus uses, and no more: another way to it would not be recorded, and fails. */
export function recordingD1(db: D1Database): RecordingD1 {
  const sent: SentStatement[] = []
  const known = new WeakMap<object, { readonly real: D1PreparedStatement; readonly sql: string }>()

  function record<T>(sql: string, result: D1Result<T>): D1Result<T> {
    const { rows_read: rowsRead, rows_written: rowsWritten, duration: durationMs } = result.meta
    sent.push({ sql, rowsRead, rowsWritten, durationMs })
    return result
  }

  function wrap(real: D1PreparedStatement, sql: string): D1PreparedStatement {
    const wrapped = {
      bind: (...values: unknown[]) => wrap(real.bind(...values), sql),
      all: async () => record(sql, await real.all()),
      run: async () => record(sql, await real.run()),
      first: async () => record(sql, await real.all()).results[0] ?? null,
    } as unknown as D1PreparedStatement
    known.set(wrapped, { real, sql })
    return wrapped
  }

  return {
    sent,
    db: {
      prepare: (sql) => wrap(db.prepare(sql), sql),
      async batch<T>(statements: D1PreparedStatement[]) {
        const batch = statements.map((statement) => {
          const found = known.get(statement)
          if (!found) throw new Error('A statement that was not prepared here')
          return found
        })
        const results = await db.batch<T>(batch.map(({ real }) => real))
        return results.map((result, index) => record(batch[index]?.sql ?? '', result))
      },
    },
  }
}
