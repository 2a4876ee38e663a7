/** Proofs of the directory. */
@NullMarked
package io.millrace.connectors.directory;

import org.jspecify.annotations.NullMarked;
