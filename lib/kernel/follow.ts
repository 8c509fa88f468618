/** Which notifications are heard: the fewer, the less there is to read in a storm. */

import { NetworkError } from '../errors.js'
import { FOLLOW_SUBJECTS, type FollowSubject } from './messages.js'

/** Neighbours change all the time, and router advertisements come again and again: they are for who asks. */
export const FOLLOW_DEFAULT: readonly FollowSubject[] = ['links', 'addresses', 'routes', 'rules', 'nexthops']

/** The subjects with what they imply. @throws ERR_INVALID_CONFIG for what is no subject. */
export function followedSubjects(follow: readonly FollowSubject[]): FollowSubject[] {
  const known: readonly unknown[] = FOLLOW_SUBJECTS
  if (!Array.isArray(follow) || !follow.every((subject) => known.includes(subject))) {
    const expected = `a list out of ${FOLLOW_SUBJECTS.join(', ')}`
    const message = `openKernel: follow is ${JSON.stringify(follow)}, expected ${expected}`
    throw new NetworkError('ERR_INVALID_CONFIG', message, { field: 'follow', operation: 'openKernel' })
  }
  // Routes go without a word when their nexthop object, their preferred source or their link's last IPv4 address does.
  const implied: FollowSubject[] = follow.includes('routes') ? ['links', 'addresses', 'nexthops'] : ['links']
  return FOLLOW_SUBJECTS.filter((subject) => follow.includes(subject) || implied.includes(subject))
}
