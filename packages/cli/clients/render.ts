import type { ClientRow } from './statements.ts'

/** Says who vouches for what a client says of itself. */
const REGISTERED_BY = {
  operator: 'by an operator',
  document: 'by its document',
  itself: 'by itself',
} as const

/** Returns a page of clients, one line each. */
export function renderClients(rows: readonly ClientRow[], page: number): string {
  if (rows.length === 0) return 'There is no client.'
  const lines = rows.map(({ id, name, has_secret, first_party, registered_by }) => {
    // guard: an operator sees which apps nobody registered
    const vouched = registered_by === 'operator' ? [] : [REGISTERED_BY[registered_by]]
    const marks = [
      has_secret ? 'confidential' : 'public',
      ...(first_party ? ['first party'] : []),
      ...vouched,
    ]
    return `${id}  ${visible(name)}  (${marks.join(', ')})`
  })
  const more = rows.length === page ? [`The next page: --after ${rows.at(-1)?.id}`] : []
  return [...lines, ...more].join('\n')
}

/** Returns what there is to say about a client. */
export function renderClient(row: ClientRow): string {
  return [
    ['client_id', row.id],
    ['name', row.name],
    ['type', row.has_secret ? 'confidential' : 'public'],
    ['proof', row.has_keys ? 'private_key_jwt' : row.has_secret ? 'client_secret' : 'none'],
    ['first party', row.first_party ? 'yes' : 'no'],
    ['registered', REGISTERED_BY[row.registered_by]],
    ...parse(row.redirect_uris).map((uri) => ['redirect', uri]),
    ['grants', parse(row.grants).join(' ')],
    ['scopes', parse(row.scopes).join(' ')],
    ...(row.serves === null ? [] : [['serves', row.serves]]),
    ['ID tokens', row.id_token_alg],
    ...(row.sector === null ? [] : [['sector', row.sector]]),
    ...parse(row.post_logout_redirect_uris).map((uri) => ['after logout', uri]),
    ...(row.back_channel_logout_uri === null ? [] : [['logout', row.back_channel_logout_uri]]),
    ['created', new Date(row.created_at * 1000).toISOString()],
  ]
    .map(([label = '', value = '']) => `${`${label}:`.padEnd(14)}${visible(value)}`)
    .join('\n')
}

function parse(list: string): readonly string[] {
  return JSON.parse(list) as string[]
}

/** Returns a text without characters that move the cursor or reverse the text of a terminal. */
function visible(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}')
}
