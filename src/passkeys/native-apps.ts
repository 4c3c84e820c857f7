/** Returns what lets apps for Apple systems use passkeys of this domain. */
export function appleAssociation(apps: readonly string[]) {
  return { webcredentials: { apps } }
}

/**
 * Returns what lets Android apps use passkeys of this domain (Digital Asset Links). It lets them open no links.
 *
 * @param apps Each a package, a colon and the SHA-256 of the certificate that signs it.
 */
export function androidAssociation(apps: readonly string[]) {
  return apps.map((app) => ({
    relation: ['delegate_permission/common.get_login_creds'],
    target: {
      namespace: 'android_app',
      package_name: app.slice(0, app.indexOf(':')),
      sha256_cert_fingerprints: [fingerprintOf(app)],
    },
  }))
}

/** Returns the SHA-256 of the certificate that signs an Android app: 32 pairs of hexadecimal, with colons between them. */
export function fingerprintOf(app: string): string {
  return app.slice(app.indexOf(':') + 1)
}
