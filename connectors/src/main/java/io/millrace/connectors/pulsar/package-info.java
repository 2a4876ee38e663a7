/**
 * Pulsar as a source that acknowledges after the commit, by Pulsar's own client: each message for
 * itself, also within a batch that was sent as one, where the broker keeps count of that.
 */
@NullMarked
package io.millrace.connectors.pulsar;

import org.jspecify.annotations.NullMarked;
