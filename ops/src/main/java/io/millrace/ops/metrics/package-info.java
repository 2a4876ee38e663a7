/** What a node measures, for Prometheus. Labels are bounded: source, outcome, reason, state. */
@NullMarked
package io.millrace.ops.metrics;

import org.jspecify.annotations.NullMarked;
