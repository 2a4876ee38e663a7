/** Closing a period and delivering what it made: the waiting side of processors.settlement. */
@NullMarked
package io.millrace.connectors.settlement;

import org.jspecify.annotations.NullMarked;
