import type { AccountRow } from './statements.ts'

/** Returns a page of accounts, one line each. */
export function renderList(rows: readonly AccountRow[], page: number): string {
  if (rows.length === 0) return 'There is no account.'
  const lines = rows.map((row) => {
    const marks = [
      ...(row.disabled_at === null ? [] : ['disabled']),
      ...(row.email_verified_at === null ? ['not verified'] : []),
      ...parse(row.roles),
    ]
    return `${row.id}  ${visible(row.email)}${marks.length === 0 ? '' : `  (${marks.map(visible).join(', ')})`}`
  })
  const more = rows.length === page ? [`The next page: --after ${rows.at(-1)?.id}`] : []
  return [...lines, ...more].join('\n')
}

/** Returns what there is to say about an account. */
export function renderAccount(row: AccountRow): string {
  const roles = parse(row.roles)
  return [
    ['id', row.id],
    ['email', row.email],
    ['verified', instant(row.email_verified_at) ?? 'no'],
    ['name', row.name ?? '(none)'],
    ['roles', roles.length === 0 ? '(none)' : roles.join(', ')],
    ['password', row.has_password ? 'yes' : 'no'],
    ['second factor', instant(row.second_factor_at) ?? 'no'],
    ['passkeys', String(row.passkeys)],
    ['providers', String(row.identities)],
    ['user metadata', row.user_metadata ?? '(none)'],
    ['app metadata', row.app_metadata ?? '(none)'],
    ['disabled', instant(row.disabled_at) ?? 'no'],
    ['open sessions', String(row.open_sessions)],
    ['API keys', String(row.api_keys)],
    ['created', instant(row.created_at) ?? ''],
  ]
    .map(([label = '', value = '']) => `${`${label}:`.padEnd(16)}${visible(value)}`)
    .join('\n')
}

function parse(roles: string): readonly string[] {
  return JSON.parse(roles) as string[]
}

function instant(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString()
}

/** Returns a text without characters that move the cursor or reverse the text of a terminal. */
function visible(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}')
}
