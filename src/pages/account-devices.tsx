import { countryName } from '../request-source/country'
import { AccountForm, AccountSection, accountPath } from './account-section'
import { bare } from './account-sessions'
import type { PageContext } from './page'
import { Time } from './time'

/** A browser or client that the account knows, as its owner recognises it. */
export interface DeviceView {
  readonly id: string
  /** Words such as "Chrome on Windows"; `null` when the client said nothing. */
  readonly device: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  /** Seconds since the epoch. */
  readonly lastSeenAt: number
  readonly current: boolean
}

interface AccountDevicesProps {
  readonly context: PageContext
  readonly accountId: string
  readonly devices: readonly DeviceView[]
}

/** Shows where the account was proven before, and how to forget it. */
export function AccountDevices({ context, accountId, devices }: AccountDevicesProps) {
  const { texts, language } = context
  return (
    <AccountSection id="devices-section" title={texts.account.devices} intro={texts.account.devicesIntro}>
      <ul class="rows">
        {devices.map((device) => {
          const name = device.device ?? texts.account.unknownDevice
          return (
            <li class="row">
              <div>
                <p class="row-title">
                  {name} {device.current && <span class="badge success">{texts.account.thisDevice}</span>}
                </p>
                <p class="row-details">
                  {countryName(device.country, language) ?? texts.account.unknownPlace}
                  {' · '}
                  {texts.account.lastSignIn} <Time at={device.lastSeenAt} language={language} />
                </p>
              </div>
              <AccountForm
                accountId={accountId}
                form={bare(context, `forget-${device.id}`)}
                action={`/devices/${encodeURIComponent(device.id)}/forget`}
                returnTo={accountPath(context, 'device-forgotten')}
              >
                <button type="submit">
                  {texts.account.forget}
                  <span class="visually-hidden">: {name}</span>
                </button>
              </AccountForm>
            </li>
          )
        })}
      </ul>
    </AccountSection>
  )
}
