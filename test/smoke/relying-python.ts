// An app in Python that signs people in by Authlib, and two libraries of Python that judge what Janus says of itself and signs.
import { execFileSync } from 'node:child_process'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { findTool, type Tool } from '../support/tools.ts'
import { describeWith } from '../support/with-tools.ts'
import { freePort, startService } from './local-service.ts'
import { guideBlock, type ProviderStage, registerAsDocumented } from './provider-stage.ts'

const TOOLS: readonly Tool[] = ['python', 'authlib', 'flask', 'requests', 'pyJwt', 'pythonCryptography']

const HEADING = 'Python \\(Authlib\\)'

/** Serves the app of the guide until the test ends. @returns Its URL. */
async function serveApp(stage: ProviderStage): Promise<string> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const client = await registerAsDocumented(stage, guideBlock(HEADING, 'sh'), (words) =>
    words.replaceAll('https://app.example.com', url),
  )
  const program = `${guideBlock(HEADING, 'python')}
@app.get("/tokens")
def shown_tokens():
    return tokens[session["sid"]]

app.run("localhost", ${port})
`
  const app = await startService(() => ({
    command: [findTool('python') ?? '', '-c', program],
    variables: {
      APP_SECRET: 'of the app',
      ISSUER: stage.janus.url,
      CLIENT_ID: client.client_id,
      CLIENT_SECRET: client.client_secret ?? '',
    },
    ready: /Running on/,
  }))
  onTestFinished(() => app.stop())
  return url
}

/** Says what two libraries say of the metadata, the key set and an ID token. It prints the faults that it finds. */
const JUDGE = `
import hashlib, base64, json, sys, urllib.request
import jwt as pyjwt
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata

given = json.load(sys.stdin)
issuer, client, token, access = (given[name] for name in ("issuer", "client", "id_token", "access_token"))
faults = []

def fetch(url):
    return urllib.request.urlopen(url).read().decode()

# Both demand https, which a Janus on this machine has not.
for kind, name in ((OpenIDProviderMetadata, "openid-configuration"), (AuthorizationServerMetadata, "oauth-authorization-server")):
    secure = json.loads(fetch(issuer + "/.well-known/" + name).replace("http://localhost", "https://localhost"))
    try:
        kind(secure).validate()
    except ValueError as error:
        faults.append(f"{name}: {error}")

metadata = json.loads(fetch(issuer + "/.well-known/openid-configuration"))
key_set = json.loads(fetch(metadata["jwks_uri"]))
for key in key_set["keys"]:
    if set(key) & {"d", "p", "q"} or key.get("use") != "sig" or not key.get("alg") or not key.get("kid"):
        faults.append(f"key: {sorted(key)}")

def by_pyjwt(text, audience=client, algorithms=("RS256",), issuer=issuer):
    key = pyjwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(text)
    required = ["iss", "sub", "aud", "exp", "iat", "auth_time", "sid"]
    return pyjwt.decode(text, key.key, list(algorithms), audience=audience, issuer=issuer, options={"require": required})

def by_authlib(text, audience=client, algorithms=("RS256",), issuer=issuer, access=access):
    claims = JsonWebToken(list(algorithms)).decode(
        text, JsonWebKey.import_key_set(key_set), claims_cls=CodeIDToken,
        claims_options={"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": audience}},
        claims_params={"client_id": audience, "access_token": access},
    )
    claims.validate()
    return claims

def refuses(name, verify, *args, **options):
    try:
        verify(*args, **options)
    except (pyjwt.PyJWTError, JoseError, ValueError):
        return
    faults.append(f"{name} takes {args[1:] or options or 'a bent token'}")

head, body, signature = token.split(".")
raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
raw[10] ^= 1
bent = ".".join((head, body, base64.urlsafe_b64encode(raw).decode().rstrip("=")))
for name, verify in (("PyJWT", by_pyjwt), ("Authlib", by_authlib)):
    if verify(token)["sub"] != given["subject"]:
        faults.append(f"{name}: another subject")
    refuses(name, verify, bent)
    refuses(name, verify, token, audience="c_other")
    refuses(name, verify, token, issuer="https://other.example")
    refuses(name, verify, token, algorithms=("ES256",))
refuses("Authlib", by_authlib, token, access=access + "x")

half = hashlib.sha256(access.encode()).digest()[:16]
if by_pyjwt(token)["at_hash"] != base64.urlsafe_b64encode(half).decode().rstrip("="):
    faults.append("at_hash")
print(json.dumps(faults))
`

/** Tests that an app in Python signs people in as the guide has it, and that libraries of Python take what Janus signs. */
export function judgedByPython(stage: () => ProviderStage): void {
  describeWith(TOOLS, 'OP-06: Authlib', () => {
    let url: string
    beforeAll(() => {
      // Over plain HTTP on this machine.
      process.env.AUTHLIB_INSECURE_TRANSPORT = '1'
    })

    it('signs a person in, asks who it is, refreshes, and signs out', async () => {
      url = await serveApp(stage())
      const { janus, newPerson } = stage()
      const person = await newPerson()
      const home = await person.signIn(`${url}/sign-in`)
      const { id: sub, email } = person
      const who = { sub, email, name: 'Ada Lovelace', email_verified: false }
      expect([home.url.href, JSON.parse(home.text)]).toEqual([`${url}/`, who])

      const post = { method: 'POST' }
      const before = JSON.parse((await person.browser.open(`${url}/tokens`)).text)
      expect(JSON.parse((await person.browser.open(`${url}/refresh`, null, post)).text)).toEqual(who)
      const after = JSON.parse((await person.browser.open(`${url}/tokens`)).text)
      expect(after.refresh_token).not.toBe(before.refresh_token)

      const [header = ''] = after.id_token.split('.')
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'RS256' })
      const { aud: client } = JSON.parse(Buffer.from(after.id_token.split('.')[1], 'base64url').toString())
      const input = JSON.stringify({ ...after, issuer: janus.url, client, subject: sub })
      const judged = execFileSync(findTool('python') ?? '', ['-c', JUDGE], { input, encoding: 'utf8' })
      expect(JSON.parse(judged)).toEqual([])

      expect(await person.isSignedIn()).toBe(true)
      const bye = await person.browser.open(`${url}/sign-out`, null, post)
      expect([bye.url.href, bye.text.trim()]).toEqual([`${url}/`, '{}'])
      expect(await person.isSignedIn()).toBe(false)
    })
  })
}
