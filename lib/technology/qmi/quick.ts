/** Helpers for users, exported as `qmi`. */

import { normalizeQmi, type QmiConfig } from './normalize.js'

/**
 * A configuration with one service provider: `configure('wwan0', qmi.quickConfigure('internet'))`.
 * @throws NetworkError ERR_INVALID_CONFIG for what is no access point name
 */
export function quickConfigure(apn: string): QmiConfig {
  return normalizeQmi({ type: 'qmi', serviceProviders: [{ apn }] })
}
