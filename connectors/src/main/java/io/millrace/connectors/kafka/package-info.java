/**
 * Kafka as a source that acknowledges after the commit: Camel's {@code kafka} endpoint and producer
 * with a consumer of our own, because the one that comes with it has one batch in flight at a time
 * and starts a new group at the end of the topic.
 */
@NullMarked
package io.millrace.connectors.kafka;

import org.jspecify.annotations.NullMarked;
