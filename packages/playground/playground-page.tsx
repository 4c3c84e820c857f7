import { Layout } from '../../src/pages/layout'
import type { PageContext } from '../../src/pages/page'
import type { Mode } from '../../src/sessions/mode'
import { FlowPicture } from './flow-picture'
import { SESSION_FLOW, TOKEN_FLOW } from './flows'
import { ModeColumn, ModeRecords } from './mode-column'
import { TEXTS } from './texts'

export interface PlaygroundPageProps {
  readonly context: PageContext
  readonly offers: {
    readonly bothModes: boolean
    /** Says whether anyone gets an account and is signed in at once. */
    readonly registration: boolean
    readonly passwordMinLength: number
  }
  readonly liveCheck: 'sensitive' | 'always'
  /** That of the session cookie. */
  readonly cookieName: string
}

const MODES = ['session', 'token'] as const satisfies readonly Mode[]

/** Shows `GET /playground`. What needs the script stays hidden until it runs. */
export function PlaygroundPage({ context, offers, liveCheck, cookieName }: PlaygroundPageProps) {
  return (
    <Layout context={context} title={TEXTS.title} wide assets="/playground/assets/playground">
      <div class="title">
        <h1>{TEXTS.title}</h1>
        <p class="intro">{TEXTS.intro}</p>
      </div>
      {offers.bothModes ? (
        <>
          <noscript>
            <p class="notice">{TEXTS.noScript}</p>
          </noscript>
          {liveCheck === 'always' && <p class="notice">{TEXTS.alwaysLive}</p>}
          <div id="playground" hidden data-base={context.basePath} data-texts={scriptTexts(liveCheck)}>
            <Start basePath={context.basePath} offers={offers} />
            <div data-part="signed-in" hidden>
              <div class="modes">
                {MODES.map((mode) => (
                  <ModeColumn mode={mode} />
                ))}
              </div>
              <Log />
              <div class="modes">
                {MODES.map((mode) => (
                  <ModeRecords mode={mode} cookieName={cookieName} />
                ))}
              </div>
            </div>
          </div>
        </>
      ) : (
        <p class="notice">{TEXTS.oneMode}</p>
      )}
      <section>
        <h2>{TEXTS.flows}</h2>
        <div class="flows">
          <div>
            <h3>{TEXTS.modes.session.title}</h3>
            <FlowPicture id="session-flow" flow={SESSION_FLOW} />
          </div>
          <div>
            <h3>{TEXTS.modes.token.title}</h3>
            <FlowPicture id="token-flow" flow={TOKEN_FLOW} />
          </div>
        </div>
      </section>
      <Comparison />
      <p class="hint">{TEXTS.onlyHere}</p>
    </Layout>
  )
}

/** Returns what the script says itself, because it has no texts of its own. */
function scriptTexts(liveCheck: PlaygroundPageProps['liveCheck']): string {
  const { start, states, answers, verdicts, token, unknownClaim, stored, modes } = TEXTS
  const live = liveCheck === 'always'
  const titles = { session: modes.session.title, token: modes.token.title }
  return JSON.stringify({
    start,
    states: live ? { ...states, endedButGood: states.ended } : states,
    answers,
    verdicts: live ? { ...verdicts, tokenEnded: verdicts.tokenEndedLive } : verdicts,
    token,
    unknownClaim,
    stored,
    titles,
  })
}

function Start({ basePath, offers }: { basePath: string; offers: PlaygroundPageProps['offers'] }) {
  const { start } = TEXTS
  return (
    <section class="start" aria-label={start.label}>
      <p data-part="who" role="status">
        {start.nobody}
      </p>
      <div class="side-by-side">
        {offers.registration && (
          <button type="button" class="primary" data-part="create">
            {start.create}
          </button>
        )}
        <button type="button" data-part="watch" aria-pressed="false" hidden>
          {start.watch}
        </button>
      </div>
      <details open={!offers.registration}>
        <summary>{start.existing}</summary>
        <form class="form folded" method="post" action={`${basePath}/login`} data-part="sign-in">
          <div class="field">
            <label for="email">{start.email}</label>
            <input id="email" name="email" type="text" inputmode="email" autocomplete="username" required />
          </div>
          <div class="field">
            <label for="password">{start.password}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required />
          </div>
          <button type="submit">{start.signIn}</button>
        </form>
      </details>
      <p class="alert" role="alert" data-part="trouble" hidden />
    </section>
  )
}

function Log() {
  const { title, intro, columns, none } = TEXTS.log
  return (
    <div class="log">
      <h2 id="log-title">{title}</h2>
      <p class="hint">{intro}</p>
      {/* Who has only a keyboard must be able to scroll it. */}
      <section class="scroll" tabindex={0} aria-labelledby="log-title">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th scope="col">{column}</th>
              ))}
            </tr>
          </thead>
          <tbody data-part="log">
            <tr data-part="no-calls">
              <td colspan={columns.length}>{none}</td>
            </tr>
          </tbody>
        </table>
      </section>
    </div>
  )
}

function Comparison() {
  const { title, columns, rows } = TEXTS.comparison
  return (
    <section class="comparison">
      <h2>{title}</h2>
      {rows.map(({ about, session, token }) => (
        <div class="compared">
          <h3>{about}</h3>
          <dl>
            <div>
              <dt>{columns.session}</dt>
              <dd>{session}</dd>
            </div>
            <div>
              <dt>{columns.token}</dt>
              <dd>{token}</dd>
            </div>
          </dl>
        </div>
      ))}
    </section>
  )
}
