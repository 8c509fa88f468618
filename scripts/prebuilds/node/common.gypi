{
  # What node-gyp would take from the headers of the Node that runs it: fixed, so that the same bytes come out whatever Node that is.
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': { 'cflags': ['-O2'] } },
    'cflags': ['-fPIC', '-pthread'],
    'cflags_cc': ['-fno-rtti'],
    # -s: stripped by the linker; this machine's strip knows no ARM.
    'ldflags': ['-pthread', '-s', '-Wl,--version-script=<(module_root_dir)/exports.map'],
  },
}
