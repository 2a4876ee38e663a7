/** Dedupe windows: which events of a (source, subject) have been seen. */
@NullMarked
package io.millrace.processors.dedupe;

import org.jspecify.annotations.NullMarked;
