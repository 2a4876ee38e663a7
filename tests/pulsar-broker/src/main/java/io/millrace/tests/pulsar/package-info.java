/** The process of the Pulsar broker that tests start. */
@NullMarked
package io.millrace.tests.pulsar;

import org.jspecify.annotations.NullMarked;
