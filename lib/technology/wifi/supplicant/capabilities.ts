/** What GET_CAPABILITY may be asked for. */
export const CAPABILITIES: readonly string[] =
  'key_mgmt modes channels pairwise group group_mgmt proto freq sae beacon_prot eap auth_alg tdls erp fips acs fils multibss dpp ocv'.split(
    ' ',
  )
