/**
 * The shard core under everything that can go wrong, from one seed: nodes over a store in memory
 * that fails as a database does, sources that deliver at least once, and an oracle that judges at
 * the end.
 */
@NullMarked
package io.millrace.tests.simulation;

import org.jspecify.annotations.NullMarked;
