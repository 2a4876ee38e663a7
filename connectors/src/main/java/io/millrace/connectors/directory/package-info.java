/** The device directory: which subscription answers for a subject at a moment. */
@NullMarked
package io.millrace.connectors.directory;

import org.jspecify.annotations.NullMarked;
