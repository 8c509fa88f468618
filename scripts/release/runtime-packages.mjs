// Which packages an installation of ours brings along, by the lock file.

/** `NAME@VERSION` of the package itself and of all that it needs or may have at run time. `packages`: those of package-lock.json, by path. */
export function runtimePackages(packages) {
  const found = new Set()
  const visit = (path) => {
    if (path === undefined || found.has(path)) return
    found.add(path)
    for (const name of wanted(packages[path])) visit(nearest(packages, path, name))
  }
  visit('')
  return new Set([...found].map((path) => `${nameOf(packages, path)}@${packages[path].version}`))
}

/** Peers that are optional are the business of whoever has them. */
function wanted({ dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

/** Where a package finds another one, as Node looks for it: below itself, then upwards. Undefined: it is not installed. */
function nearest(packages, path, name) {
  const at = `${path}/node_modules/${name}`.replace(/^\//, '')
  if (at in packages) return at
  if (path === '') return undefined
  return nearest(packages, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name)
}

function nameOf(packages, path) {
  return path === '' ? packages[''].name : path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
