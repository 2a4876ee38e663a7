/**
 * Dedupe beyond one node: the published windows of the shards, and an idempotent repository for
 * plain Camel routes. Hazelcast carries hints and leases; what has been seen is in the shards and
 * in PostgreSQL.
 */
@NullMarked
package io.millrace.connectors.dedupe;

import org.jspecify.annotations.NullMarked;
