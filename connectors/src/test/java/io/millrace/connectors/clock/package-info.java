/** The clock guard, by clocks that are told what to say. */
@NullMarked
package io.millrace.connectors.clock;

import org.jspecify.annotations.NullMarked;
