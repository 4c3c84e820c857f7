import type { Mode } from '../../src/sessions/mode'
import { TEXTS } from './texts'

type Call = keyof typeof TEXTS.calls

/** Nothing to refresh in session mode. Sent by the script: `data-call`. */
const CALLS = ['whoami', 'me', 'refresh', 'end', 'signIn'] as const satisfies readonly Call[]

/** Shows what one side can be asked, and what it answered. The script fills in what is marked with `data-part`. */
export function ModeColumn({ mode }: { readonly mode: Mode }) {
  const { title, essence } = TEXTS.modes[mode]
  return (
    <section class={`mode ${mode}`} id={mode} aria-labelledby={`${mode}-title`}>
      <header>
        <h2 id={`${mode}-title`}>{title}</h2>
        <span class="badge" data-part="state" role="status" />
        <p class="muted">{essence}</p>
      </header>
      <p class="verdict" data-part="verdict" role="status" hidden />
      <ul class="calls">
        {CALLS.map((name) => (
          <CallRow mode={mode} name={name} />
        ))}
      </ul>
      <div class="answers">
        <h3>{TEXTS.answers.label}</h3>
        <div class="strip" data-part="strip" aria-hidden="true" />
        <p class="hint" data-part="runs" hidden />
        <div data-part="answer" role="status">
          <p class="muted">{TEXTS.answers.none}</p>
        </div>
      </div>
    </section>
  )
}

/** Shows what a side consists of: its credential, and what is stored for it. */
export function ModeRecords({ mode, cookieName }: { readonly mode: Mode; readonly cookieName: string }) {
  const { records, holds, stored } = TEXTS.modes[mode]
  return (
    <section class="mode records" id={`${mode}-records`} aria-labelledby={`${mode}-records-title`}>
      <h2 id={`${mode}-records-title`}>{records}</h2>
      <div class="holds">
        <h3>{holds}</h3>
        <div data-part="holds" hidden>
          {mode === 'session' ? <Cookie name={cookieName} /> : <Tokens />}
        </div>
      </div>
      <div class="stored">
        <h3>{stored}</h3>
        <details open>
          <summary>{TEXTS.stored.d1}</summary>
          <div data-part="d1" />
        </details>
        <details open>
          <summary>{TEXTS.stored.kv}</summary>
          <div data-part="kv" />
        </details>
      </div>
    </section>
  )
}

function CallRow({ mode, name }: { readonly mode: Mode; readonly name: Call }) {
  const call = TEXTS.calls[name]
  const id = `${mode}-${name}`
  return (
    <li class="call" data-row={name} hidden={name === 'signIn'}>
      <div id={id}>
        <code>{call.route}</code>
        <p class="muted">{call[mode]}</p>
      </div>
      {(name !== 'refresh' || mode === 'token') && (
        <button type="button" data-call={name} aria-describedby={id}>
          {call.button}
        </button>
      )}
    </li>
  )
}

function Cookie({ name: cookieName }: { readonly name: string }) {
  const { value, masked, attributes } = TEXTS.cookie
  return (
    <>
      <p class="raw">
        {`${cookieName}=`}
        <span class="first" data-part="cookie-id" />.<span class="masked">{masked}</span>
      </p>
      <p class="hint">{value}</p>
      <dl class="meanings">
        {attributes.map(({ name, meaning }) => (
          <div>
            <dt>
              <code>
                {name}
                {name === 'Max-Age' && <span data-part="max-age" />}
              </code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Tokens() {
  const { token, parameters, claims } = TEXTS
  return (
    <>
      <div class="time-left">
        <span data-part="time-left" role="timer" />
        <progress data-part="life" aria-hidden="true" />
      </div>
      <p class="raw">
        <span class="first" data-part="raw-header" />.<span class="second" data-part="raw-payload" />.
        <span class="third" data-part="raw-signature" />
      </p>
      <p class="hint">{token.intro}</p>
      <Claims part="header" title={token.header} tone="first" claims={parameters} />
      <Claims part="payload" title={token.payload} tone="second" claims={claims} />
      <p class="hint">{token.kinds}</p>
      <h4 class="third">{token.signature}</h4>
      <p class="hint" data-part="signature" />
      <h4>{token.refresh}</h4>
      <p class="raw">
        <span class="first" data-part="refresh-id" />.<span class="second" data-part="refresh-counter" />.
        <span class="masked">{token.masked}</span>
      </p>
      <p class="hint">{token.refreshMeaning}</p>
    </>
  )
}

interface ClaimsProps {
  readonly part: 'header' | 'payload'
  readonly title: string
  readonly tone: string
  readonly claims: readonly { readonly name: string; readonly by: string; readonly meaning: string }[]
}

/** Shows what is known of each claim. The script adds the values, and rows for claims that are not known. */
function Claims({ part, title, tone, claims }: ClaimsProps) {
  return (
    <>
      <h4 class={tone}>{title}</h4>
      <dl class="claims" data-part={part}>
        {claims.map(({ name, by, meaning }) => (
          <div data-claim={name} hidden>
            <dt>
              <code>{name}</code>
              <span class="badge">{`${TEXTS.token.registered}, ${by}`}</span>
            </dt>
            <dd>
              <code data-part="value" />
              <span class="muted">{meaning}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
