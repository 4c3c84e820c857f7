import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { Email, Name, Text } from '../../src/api/fields'
import type { BodySchema } from '../../src/http/route-facts'
import type { Schema } from './open-api'
import { RESPONSE_SCHEMAS } from './response-schemas'

/** Parts of request bodies that have a name in the document. */
const REQUEST_PARTS = { Text, Email, Name }

/** Describes the rules that JSON Schema cannot express: in words, and for `Name` by the bound it comes to. */
const SAID_OF_PARTS: Readonly<Record<keyof typeof REQUEST_PARTS, Schema>> = {
  Text: { description: 'Well-formed Unicode, at most 1,024 UTF-16 code units.' },
  Email: {
    description:
      'An email address. Blanks around it are ignored. Letters of its domain may be of either case.',
  },
  Name: {
    description:
      'At most 100 characters. None that are invisible, that break lines or that change the direction of text. Empty means none.',
    maxLength: 100,
  },
}

/** Describes each field of a request body. */
const FIELDS: Readonly<Record<string, string>> = {
  access_token: 'The access token, where no header has it (RFC 6750 §2.2).',
  grant_type:
    '`authorization_code`, `refresh_token`, `client_credentials`, `urn:ietf:params:oauth:grant-type:device_code` or `urn:ietf:params:oauth:grant-type:token-exchange`.',
  subject_token: 'An API key (RFC 8693 §2.1).',
  subject_token_type: '`urn:janus:token-type:api-key`.',
  requested_token_type: '`urn:ietf:params:oauth:token-type:access_token`, or nothing.',
  expires_in_days: 'In how many days the API key ends.',
  device_code: 'The code of the device (RFC 8628).',
  client_assertion: 'A JWT that the client signed, in place of a secret (RFC 7523).',
  client_assertion_type: '`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.',
  token_type_hint: 'What the token is. Ignored: its form says it.',
  code_verifier: 'The verifier of the challenge (RFC 7636).',
  redirect_uri: 'As in the authorization request.',
  scope:
    'With a refresh token or an API key: a part of what was granted. With `client_credentials`, and at a registration: what the client asks for. Of a new API key: what it may do.',
  redirect_uris: 'Where the app is answered: `https://`, `http://` on this machine, or a scheme of the app.',
  client_name: 'What the app calls itself. People are shown it as its own word.',
  grant_types: 'With `authorization_code`. Others are left out.',
  response_types: 'With `code`.',
  resource: 'The resource of the grant or of the API key (RFC 8707).',
  client_id: 'The id of a client that does not use HTTP Basic.',
  client_secret: 'The secret of a client that does not use HTTP Basic.',
  email: 'The address of the account.',
  password: 'The password of the account.',
  current_password: 'The password as it is.',
  new_password:
    'At least `PASSWORD_MIN_LENGTH` characters, at most 256; not a common or breached one, nor one made of the address.',
  name: 'What the person wants to be called, or what they call a passkey or an API key.',
  user_metadata: 'What the person keeps on the account: a JSON object, at most 4 KiB. `null` empties it.',
  mode: 'What the client is given: a session cookie, or tokens. `session`, unless only tokens are offered.',
  refresh_in:
    'In token mode: where the refresh token goes. `cookie` suits a page that keeps its access token in memory.',
  return_to:
    'For forms: where to go afterwards. A path on this origin, or a URL whose origin is that of `APP_URL` or listed in `ALLOWED_ORIGINS`; anything else is ignored.',
  token: 'The token of the link, or the token that is meant.',
  code: 'Six digits: of the mail, in place of the token, or of the authenticator app.',
  recovery_code:
    'A recovery code, in place of a code of the authenticator app. Blanks, hyphens and case do not matter.',
  pending:
    'What the first step was answered with, in token mode. Absent: the cookie `__Host-pending-sign-in` is read.',
  enrolment: 'What `POST /me/totp` was answered with.',
  binding: 'What asking for the link was answered with; for clients that keep no cookies.',
  state: 'As the provider sent it back.',
  iss: 'As the provider sent it back (RFC 9207).',
  error: 'As the provider sent it back.',
  error_description: 'As the provider sent it back. It is ignored.',
  profile: 'As it came back beside `state`: the name that Apple posted, sealed.',
  user: 'What Apple posts the first time: the name.',
  offer:
    'What a sign-in at a provider was answered with. Absent: the cookie `__Host-identity-offer` is read.',
  device_token:
    'What a sign-in gave this client to be told from strangers; `null` from a client that would keep one. Absent: the cookie `__Host-device` is read.',
  turnstile_token:
    'The token of a Turnstile widget. Needed where `TURNSTILE_SITE_KEY` is set; at sign-in after three failures. Ignored otherwise.',
  refresh_token: 'Absent: the cookie `__Host-refresh` is read.',
  if_present: 'Answers 204 where there is no refresh token, and not 401.',
  account_id:
    'The id of the account that is meant. Refused with `account-mismatch` if another account is signed in; without it, whichever is signed in is meant.',
  attempt: 'For forms: what `Idempotency-Key` is to a client that sends JSON.',
  credential: 'What `PublicKeyCredential.toJSON()` gives. Members that are not listed are ignored.',
  keep_current: 'Whether the session behind this request stays.',
}

const CONVERSION = {
  target: 'draft-2020-12',
  // Checks that JSON Schema has no words for; SAID_OF_PARTS has some.
  ignoreActions: ['check', 'readonly'],
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
} satisfies ConversionConfig

/** Returns the schemas that bodies refer to by name. */
export function componentSchemas(): Readonly<Record<string, Schema>> {
  const parts = toSchemas(toJsonSchemaDefs(REQUEST_PARTS, { ...CONVERSION, typeMode: 'input' }))
  const said: Readonly<Record<string, Schema>> = SAID_OF_PARTS
  return {
    ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part, ...said[name] }])),
    ...toSchemas(toJsonSchemaDefs(RESPONSE_SCHEMAS, { ...CONVERSION, typeMode: 'output' })),
  }
}

/** Returns the schema of a route's body, from the one that validates it. @throws If one of its fields has no description. */
export function bodySchema(schema: BodySchema): Schema {
  const config = { ...CONVERSION, typeMode: 'input', definitions: REQUEST_PARTS } as const
  const { properties = {}, ...rest } = withoutFrame(toSchema(toJsonSchema(schema, config)))
  const described = Object.entries(properties).map(([name, property]) => {
    const description = FIELDS[name]
    if (description === undefined) throw new Error(`tools/openapi/json-schema.ts does not describe ${name}`)
    return [name, { ...property, description }]
  })
  // The parser in front of the schema refuses fields that it does not know.
  return { ...rest, properties: Object.fromEntries(described), additionalProperties: false }
}

/** Of one body: what the converter puts around it. */
function withoutFrame({
  $schema,
  $defs,
  ...schema
}: Schema & { $schema?: unknown; $defs?: unknown }): Schema {
  return schema
}

const Schemas: v.GenericSchema<unknown, Readonly<Record<string, Schema>>> = v.record(
  v.string(),
  v.looseObject({}),
)

/** The converter's own type has all of JSON Schema, in several drafts. Through JSON, for the document is JSON. */
function toSchemas(converted: object): Readonly<Record<string, Schema>> {
  return v.parse(Schemas, JSON.parse(JSON.stringify(converted)))
}

function toSchema(converted: object): Schema {
  return toSchemas({ converted }).converted ?? {}
}
