/** Our judgement of an interface, from worst to best. */
export type Connection = 'disconnected' | 'lan' | 'internet'
