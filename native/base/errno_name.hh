// 'EEXIST' for 17: the names that cross to TypeScript. glibc's strerrorname_np is too young for us, and musl has none.
#pragma once

namespace vn {

/// The name of an errno; 'EUNKNOWN' for one that is not in the table. Static text.
const char* errno_name(int error_number);

}  // namespace vn
