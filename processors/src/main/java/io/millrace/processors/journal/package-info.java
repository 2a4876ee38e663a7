/** The journal's format: what one commit holds, and its columnar, compressed bytes. */
@NullMarked
package io.millrace.processors.journal;

import org.jspecify.annotations.NullMarked;
