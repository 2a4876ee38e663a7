/** The Kafka source against a real broker in this process. */
@NullMarked
package io.millrace.tests.kafka;

import org.jspecify.annotations.NullMarked;
