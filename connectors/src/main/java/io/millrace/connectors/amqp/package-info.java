/**
 * AMQP 1.0 as a source that acknowledges after the commit, by protonj2's client: its credit is
 * given by hand, so that a broker never has more unacknowledged here than a named bound.
 */
@NullMarked
package io.millrace.connectors.amqp;

import org.jspecify.annotations.NullMarked;
