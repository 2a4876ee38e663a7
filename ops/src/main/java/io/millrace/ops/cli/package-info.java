/** The command line. Exit codes: 0 done, 1 refused, 2 misuse, 3 unavailable. */
@NullMarked
package io.millrace.ops.cli;

import org.jspecify.annotations.NullMarked;
