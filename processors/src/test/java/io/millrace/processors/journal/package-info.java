/** Proofs of the journal's bytes. */
@NullMarked
package io.millrace.processors.journal;

import org.jspecify.annotations.NullMarked;
