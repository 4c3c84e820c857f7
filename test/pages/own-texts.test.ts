import { expect, it } from 'vitest'
import type { JanusOptions } from '../../src/janus'
import { en as mailsInEnglish } from '../../src/mail/texts/en'
import type { MailTexts } from '../../src/mail/texts/mail-texts'
import { API_KEY_TEXTS } from '../../src/pages/texts/api-key-texts'
import { CONSENT_TEXTS } from '../../src/pages/texts/consent-texts'
import { DEVICE_TEXTS } from '../../src/pages/texts/device-texts'
import { en as pagesInEnglish, type Texts } from '../../src/pages/texts/en'
import type { ProviderTexts } from '../../src/pages/texts/provider-texts'
import { SIGN_OUT_TEXTS } from '../../src/pages/texts/sign-out-texts'
import { chooseLanguage } from '../../src/request-source/language'
import { takeTexts } from '../../src/wiring/own-texts'
import { mailingService } from '../support/mail'
import { ask as askToAuthorize, newClient, OAUTH_SETTINGS, requestOf } from '../support/oauth'
import { newAddress, newEmail, send, signedInPerson } from '../support/person'

const frenchPages: Texts = {
  ...pagesInEnglish,
  login: { ...pagesInEnglish.login, title: 'Se connecter' },
}
const frenchMails: MailTexts = {
  ...mailsInEnglish,
  texts: {
    ...mailsInEnglish.texts,
    'sign-in-link': (facts) => ({
      ...mailsInEnglish.texts['sign-in-link'](facts),
      subject: `Connexion à ${facts.brand}`,
    }),
  },
}

const frenchProvider: ProviderTexts = {
  consent: { ...CONSENT_TEXTS.en, title: (app) => `Autoriser ${app} ?` },
  device: { ...DEVICE_TEXTS.en, title: 'Connecter un appareil' },
  signOut: { ...SIGN_OUT_TEXTS.en, doneTitle: 'Vous êtes déconnecté' },
  apiKeys: { ...API_KEY_TEXTS.en, title: 'Clés d’API' },
}

const given: Pick<JanusOptions, 'texts' | 'styles'> = {
  texts: {
    overrides: {
      en: {
        pages: { login: { title: 'Log in <here>' } },
        mails: { sentTo: (to) => `For ${to} only` },
        provider: { device: { title: 'Connect <a TV>' } },
      },
    },
    languages: {
      fr: { pages: frenchPages, mails: frenchMails, provider: frenchProvider },
      ar: { pages: pagesInEnglish, mails: mailsInEnglish, direction: 'rtl' },
    },
  },
  styles: ':root{--janus-radius:0}',
}

function serviceWith(more: Partial<Record<string, unknown>> = {}) {
  const service = mailingService({ BRAND_NAME: 'Acme', ...more }, undefined, given)
  const ask = (path: string, language: string, form?: Record<string, string>) =>
    service.fetch(
      new Request(`${service.issuer}${path}`, {
        method: form ? 'POST' : 'GET',
        headers: { Accept: 'text/html', 'Accept-Language': language, 'CF-Connecting-IP': newAddress() },
        ...(form ? { body: new URLSearchParams(form) } : {}),
        redirect: 'manual',
      }),
    )
  return { service, ask, page: async (path: string, language: string) => (await ask(path, language)).text() }
}

it('single texts are replaced, and escaped as every text', async () => {
  const { page } = serviceWith()
  const html = await page('/login', 'en')
  expect(html).toContain('<h1>Log in &lt;here&gt;</h1>')
  expect(html).toContain(`${pagesInEnglish.login.submit}</button>`)
  expect(await page('/login', 'de')).not.toContain('Log in')
})

it('a language of the app is chosen, on pages and in mails', async () => {
  const { service, ask, page } = serviceWith()
  const html = await page('/login', 'fr-CA, en;q=0.5')
  expect(html).toContain('<html lang="fr">')
  expect(html).toContain('<h1>Se connecter</h1>')
  const email = newEmail()
  await ask('/register', 'de', { email, password: 'a few unrelated words' })
  await ask('/login/link', 'fr', { email })
  const mail = service.mailTo(email).at(-1)
  expect(mail?.subject).toBe('Connexion à Acme')
  expect(mail?.html).toContain('<html lang="fr">')
  await ask('/login/link', 'en', { email })
  expect(service.mailTo(email).at(-1)?.text).toContain(`For ${email} only`)
})

it('the pages of an authorization server are in the words of the app, too', async () => {
  const { service } = serviceWith(OAUTH_SETTINGS)
  const ada = await signedInPerson({ mode: 'session', service })
  const client = await newClient()
  async function headings(language: string): Promise<readonly string[]> {
    const headers = { ...ada.headers, Accept: 'text/html', 'Accept-Language': language }
    const reader = { headers }
    const answers = [
      await askToAuthorize(service, requestOf(client), reader),
      await send(service, 'GET', '/device', reader),
      await send(service, 'GET', '/account/api-keys', reader),
      await send(service, 'GET', '/oauth/logout', { headers: { ...headers, Cookie: '' } }),
    ]
    return answers.map(({ text }) => /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '')
  }
  expect(await headings('fr')).toEqual([
    'Autoriser Notes of Ada ?',
    'Connecter un appareil',
    'Clés d’API',
    'Vous êtes déconnecté',
  ])
  expect(await headings('en')).toContain('Connect &lt;a TV&gt;')
  expect(await headings('ar')).toContain(CONSENT_TEXTS.en.title('Notes of Ada'))
})

it('a language that is written from right to left says so', async () => {
  const { page } = serviceWith()
  expect(await page('/login', 'ar')).toContain('<html lang="ar" dir="rtl">')
  expect(await page('/login', 'fr')).not.toContain('dir=')
})

it.each([
  ['pt', 'pt-BR'],
  ['pt-BR', 'pt-BR'],
  ['pt-PT', 'pt-BR'],
  ['de-CH', 'de-CH'],
  ['de-AT', 'de'],
  ['zh-Hant-TW', 'zh-Hant'],
  ['fr', 'en'],
  [`${'a-'.repeat(4000)}a, de`, 'de'],
])('%j of more languages: %s', (header, language) => {
  expect(chooseLanguage(header, ['en', 'de', 'es', 'de-CH', 'pt-BR', 'zh-Hant'])).toBe(language)
})

it('styles of the app come after those of Janus, with the accent', async () => {
  const { ask, page } = serviceWith({ BRAND_ACCENT: '#1d4ed8 #93b4ff' })
  expect(await page('/login', 'en')).toMatch(/janus\.css"[\s\S]*href="\/assets\/brand\.css"/)
  const file = await ask('/assets/brand.css', 'en')
  const css = await file.text()
  expect(file.headers.get('Content-Type')).toBe('text/css; charset=utf-8')
  expect(css).toMatch(/--janus-accent:#1d4ed8[\s\S]*prefers-color-scheme:dark[\s\S]*--janus-accent:#93b4ff/)
  expect(css.endsWith(':root{--janus-radius:0}')).toBe(true)
})

it('without any there is no such file', async () => {
  const plain = mailingService()
  const get = (path: string) =>
    plain.fetch(new Request(`${plain.issuer}${path}`, { headers: { Accept: 'text/html' } }))
  expect((await get('/assets/brand.css')).status).toBe(404)
  expect(await (await get('/login')).text()).not.toContain('brand.css')
})

it('mails have the accent', async () => {
  const { service, ask } = serviceWith({ BRAND_ACCENT: '#a92a1f' })
  const email = newEmail()
  await ask('/register', 'en', { email, password: 'a few unrelated words' })
  await ask('/login/link', 'en', { email })
  expect(service.mailTo(email).at(-1)?.html).toContain('background:#a92a1f;color:#ffffff')
})

it('a language that Janus has is changed by overrides, and a name that is no tag is refused', () => {
  const texts = { pages: pagesInEnglish, mails: mailsInEnglish }
  const faultsOf = (name: string) => takeTexts({ languages: { [name]: texts } }).faults
  expect(faultsOf('en')).toHaveLength(1)
  expect(faultsOf('not a tag')).toHaveLength(1)
  expect(faultsOf('pt-br')).toHaveLength(1)
  expect(faultsOf('pt-BR')).toEqual([])
})

it('a text that is missing does not compile, and is English where nobody compiled', async () => {
  const { title, ...rest } = pagesInEnglish.login
  expect(title).not.toBe('')
  // @ts-expect-error: a text is missing.
  const incomplete: Texts = { ...pagesInEnglish, login: rest }
  const texts = { languages: { fr: { pages: incomplete, mails: mailsInEnglish } } }
  const service = mailingService({}, undefined, { texts })
  const request = new Request(`${service.issuer}/login`, {
    headers: { Accept: 'text/html', 'Accept-Language': 'fr' },
  })
  expect(await (await service.fetch(request)).text()).toContain(`<h1>${title}</h1>`)
})
