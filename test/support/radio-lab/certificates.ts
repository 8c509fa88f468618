/** An authority of the lab's own, a server's and a client's certificate. P-256: making RSA keys takes too long in an emulated machine. */

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../lab/command.js'
import { EAP_USERS } from './bss.js'

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const DAYS = '30'

/** Paths that a client's configuration names. */
export interface ClientCertificates {
  readonly caCert: string
  readonly clientCert: string
  readonly privateKey: string
}

async function sign(folder: string, name: 'server' | 'client'): Promise<void> {
  const at = (suffix: string): string => join(folder, `${name}.${suffix}`)
  const host = `${name}.example`
  await mustRun('openssl', ['req', ...KEY, '-subj', `/CN=${host}`, '-keyout', at('key'), '-out', at('csr')])
  await writeFile(at('ext'), `extendedKeyUsage=${name}Auth\nsubjectAltName=DNS:${host}\n`)
  const authority = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial']
  const out = ['-days', DAYS, '-extfile', at('ext'), '-out', at('pem')]
  await mustRun('openssl', ['x509', '-req', '-in', at('csr'), ...authority, ...out])
}

/** Makes the files in a folder, once; resolves with those of the client. */
export async function makeCertificates(folder: string): Promise<ClientCertificates> {
  const caCert = join(folder, 'ca.pem')
  if (!existsSync(join(folder, 'client.pem'))) {
    await mkdir(folder, { recursive: true })
    const files = ['-keyout', join(folder, 'ca.key'), '-out', caCert]
    await mustRun('openssl', ['req', '-x509', ...KEY, '-days', DAYS, '-subj', '/CN=authority.example', ...files])
    await sign(folder, 'server')
    await sign(folder, 'client')
    await writeFile(join(folder, 'users'), EAP_USERS)
  }
  return { caCert, clientCert: join(folder, 'client.pem'), privateKey: join(folder, 'client.key') }
}
