{
  # What is shipped: prebuilt binaries and builds on the user's machine. Developers build with CMakeLists.txt.
  "targets": [{
    "target_name": "vintage_net",
    # The one list of the units that are compiled; CMakeLists.txt reads the same file.
    "sources": [
      "<!@(node -p \"Object.values(require('./native/sources.json')).flat().join(' ')\")"
    ],
    "include_dirs": ["native", "<!@(node -p \"require('node-addon-api').include_dir\")"],
    "defines": [
      "NAPI_VERSION=9",
      "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
      "NODE_ADDON_API_DISABLE_DEPRECATED",
      "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
    ],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["-std=c++20", "-fno-exceptions", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections", "-Wall", "-Wextra"],
    "ldflags": ["-static-libstdc++", "-static-libgcc", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now", "-Wl,-z,nodelete", "-Wl,--exclude-libs,ALL"]
  }]
}
