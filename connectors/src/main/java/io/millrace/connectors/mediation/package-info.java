/** Mediation: from a payload to a row of usage in a shard's intake, or to suspense. */
@NullMarked
package io.millrace.connectors.mediation;

import org.jspecify.annotations.NullMarked;
