/**
 * The time of the commits: the node's clock, believed only while it agrees with the database's and
 * with its own past.
 */
@NullMarked
package io.millrace.connectors.clock;

import org.jspecify.annotations.NullMarked;
