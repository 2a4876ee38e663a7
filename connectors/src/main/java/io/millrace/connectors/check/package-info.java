/** Checkers: SQL that proves the invariants of the books, apart from the code that keeps them. */
@NullMarked
package io.millrace.connectors.check;

import org.jspecify.annotations.NullMarked;
